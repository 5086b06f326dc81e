import type { Capabilities } from '../capabilities.ts';
import { getModel } from '../catalog/catalog.ts';
import { inSteps } from '../concurrency/inSteps.ts';
import { AnswerFailed, AppError, ImageChanged } from '../errors.ts';
import { digestSteps } from '../image/digestSteps.ts';
import type { ImageHeader } from '../image/imageHeader.ts';
import { lookAtImage } from '../image/lookAtImage.ts';
import { type Conversation, converse } from '../modelCalls/converse.ts';
import { estimateOf, factsOf, targetOf } from '../modelCalls/imageFacts.ts';
import { createImageToSend, RE_ENCODED } from '../modelCalls/imageToSend.ts';
import { type NotPlaced, refusedForNow } from '../modelCalls/notPlaced.ts';
import { planAnalysis } from '../modelCalls/planAnalysis.ts';
import type { Work } from '../modelCalls/work.ts';
import { pricedBy } from '../money/pricedBy.ts';
import type { FinalRecord, SucceededRecord, Warning } from '../records/analysisRecord.ts';
import { withImageFacts, withWarning } from '../records/analysisSteps.ts';
import type { AnalysisResult } from '../records/analysisView.ts';
import { holdLease } from '../records/lease.ts';
import { createRecordKeeper, type RecordKeeper, RecordTaken } from '../records/recordKeeper.ts';
import { signalEnd } from '../records/signalEnd.ts';
import { adoptResult } from '../results/adoptResult.ts';
import { findEarlierAnswer } from '../results/earlierAnswer.ts';
import { endOrDeliver } from '../results/endOrDeliver.ts';
import { leaveResult } from '../results/leaveResult.ts';
import type { PaidAnswer } from '../results/paidAnswer.ts';
import { placeResult } from '../results/placeResult.ts';
import { endUndelivered, indexAnswer, writeAnswer } from '../results/writeAnswer.ts';
import { retryWrite } from '../storage/retryWrite.ts';
import { StorageRefused } from '../storage/storageRefused.ts';

export type WorkEnd =
  | {
      readonly kind: 'ended';
      readonly record: FinalRecord;
      readonly result?: AnalysisResult;
      readonly error?: AppError;
    }
  /** No start in time; the caller decides whether the record waits. */
  | (NotPlaced & { readonly keeper: RecordKeeper })
  /** This version of the image no longer exists. */
  | { readonly kind: 'changed'; readonly keeper: RecordKeeper }
  /** Another worker holds its lease, or has ended it. */
  | { readonly kind: 'taken' };

/** What the pipeline of one image uses. */
export type AnalyzeImageNeeds = Pick<
  Capabilities,
  | 'analyses'
  | 'answers'
  | 'budget'
  | 'calibrations'
  | 'deployments'
  | 'due'
  | 'images'
  | 'isReusing'
  | 'ledger'
  | 'limits'
  | 'now'
  | 'repeat'
  | 'results'
  | 'signal'
  | 'sleep'
  | 'usage'
  | 'vision'
>;

/**
 * The pipeline of one image: accept, prepare, estimate, book, call, check, record. The caller holds the lease of the
 * record, and decides what the result means for a dropped file or an HTTP call.
 */
export async function analyzeImage(work: Work, parts: AnalyzeImageNeeds): Promise<WorkEnd> {
  const keeper = createRecordKeeper(parts.analyses, work.start);
  const letGo = holdLease(keeper, work.leaseEnd, parts);
  try {
    const header = await lookAtImage(work.image, parts.limits);
    const mark = await placeResult(keeper, parts);
    const adopted = mark?.analysisid === keeper.current().id && (await adoptResult(keeper.current(), parts));
    if (adopted) return await complete(keeper, adopted, parts);
    const warn = (warning: Warning): void => keeper.note(withWarning(keeper.current(), warning));
    const earlier = await findEarlierAnswer(
      { image: work.image, record: keeper.current(), warn, ...(mark && { mark }) },
      parts,
    );
    if (earlier) {
      const { answerOf, contentDigest } = earlier;
      const seen = withImageFacts(keeper.current(), factsOf(header, work.image.totalBytes), null);
      keeper.note({ ...seen, answerOf, contentDigest, costMicroUsd: 0 });
      return await succeed(keeper, earlier.checked, parts);
    }
    const isFirstLook = keeper.current().image === null;
    const conversation = await prepareConversation({ work, keeper, header }, parts);
    const end = await converse(conversation, parts);
    if (end.kind === 'answered') {
      const [ended] = await Promise.all([succeed(keeper, end.paid, parts), end.settled]);
      return ended;
    }
    if (isFirstLook) await conversation.checkPixels();
    return { ...end, keeper };
  } catch (error) {
    return await endWork(error, keeper, parts);
  } finally {
    letGo();
  }
}

async function prepareConversation(
  seen: { readonly work: Work; readonly keeper: RecordKeeper; readonly header: ImageHeader },
  parts: Pick<Capabilities, 'calibrations' | 'deployments' | 'ledger' | 'limits' | 'now'>,
): Promise<Conversation> {
  const { work, keeper, header } = seen;
  const { request } = keeper.current();
  const candidates = parts.deployments.filter(
    ({ model, name }) => model === request.model && (request.deploymentName ?? name) === name,
  );
  const [first] = candidates;
  if (!first) {
    throw new AnswerFailed(
      'service-refused',
      `No deployment of the pool serves ${request.deploymentName ?? request.model} any more.`,
    );
  }
  const plan = await planAnalysis(request, header, {
    deployment: pricedBy(candidates, getModel(first.countsAs), parts.now())?.deployment ?? first,
    calibration: parts.calibrations.of(candidates.map(({ name }) => name)),
    nowMs: parts.now(),
    largestMinuteTokens: Math.max(...candidates.map(({ tokensPerMinute }) => tokensPerMinute)),
  });
  const facts = factsOf(header, work.image.totalBytes, plan);
  keeper.note(withImageFacts(keeper.current(), facts, estimateOf(plan)));
  const all = async (): Promise<Buffer> => {
    const bytes = await work.image.all();
    const contentDigest = await inSteps(digestSteps(bytes));
    keeper.note({ ...keeper.current(), contentDigest });
    return bytes;
  };
  const leave = (): Promise<void> => parts.ledger.leave(request.model, keeper.current().id);
  const isEncodedAnew = keeper.current().warnings.some(({ code }) => code === RE_ENCODED.code);
  const terms = { target: targetOf(plan, header), limits: parts.limits, isEncodedAnew, leave };
  const image = createImageToSend({ ...work.image, all }, header, terms);
  return { work, keeper, plan, ...image, couldServe: candidates.map(({ name }) => name) };
}

/**
 * Writes the result first and the record last, so that a record with `succeeded` has its result. If only an operator
 * can make the result's place writable, the record keeps the answer.
 */
async function succeed(
  keeper: RecordKeeper,
  paid: PaidAnswer,
  parts: Pick<Capabilities, 'answers' | 'images' | 'now' | 'results' | 'signal' | 'sleep'>,
): Promise<WorkEnd> {
  try {
    return await complete(keeper, await retryWrite(() => writeAnswer(keeper.current(), paid, parts), parts), parts);
  } catch (refusal) {
    if (!(refusal instanceof StorageRefused)) throw refusal;
    const { record, error } = endUndelivered(keeper.current(), paid, { refusal, nowMs: parts.now() });
    await retryWrite(() => keeper.end(record), parts);
    signalEnd(record, parts);
    return { kind: 'ended', record, error };
  }
}

/** Writes the record of a stored result. */
async function complete(
  keeper: RecordKeeper,
  { record, result }: { readonly record: SucceededRecord; readonly result: AnalysisResult },
  parts: Pick<Capabilities, 'answers' | 'signal' | 'sleep'>,
): Promise<WorkEnd> {
  await Promise.all([retryWrite(() => keeper.end(record), parts), indexAnswer(record, parts)]);
  signalEnd(record, parts);
  return { kind: 'ended', record, result };
}

/**
 * How work ends or waits after an error. Work that was refused before its record was stored leaves no record: the
 * error is thrown to the caller.
 *
 * @throws every error that is not an AppError
 */
export async function endWork(
  error: unknown,
  keeper: RecordKeeper,
  parts: Pick<Capabilities, 'analyses' | 'answers' | 'images' | 'now' | 'results' | 'signal'>,
): Promise<WorkEnd> {
  if (error instanceof RecordTaken) {
    await leaveResult(keeper, parts);
    return { kind: 'taken' };
  }
  if (error instanceof ImageChanged) return { kind: 'changed', keeper };
  if (error instanceof StorageRefused && error.scope !== 'blob')
    return { ...refusedForNow(error, parts.now()), keeper };
  if (!(error instanceof AppError)) throw error;
  const end = await endOrDeliver(keeper.current(), error, parts);
  const { record } = end;
  try {
    if (keeper.isKept()) await keeper.end(record);
  } catch (taken) {
    if (taken instanceof RecordTaken) return { kind: 'taken' };
    throw taken;
  }
  await indexAnswer(record, parts);
  signalEnd(record, parts);
  return { kind: 'ended', ...end };
}
