import type { Capabilities } from '../capabilities.ts';
import type { OpenedFile } from '../documents/openedFile.ts';
import { AppError, ImageChanged } from '../errors.ts';
import type { AnalysisImage } from '../image/analysisImage.ts';
import { type Conversation, converse } from '../modelCalls/converse.ts';
import { estimateOf, factsOf, targetOf } from '../modelCalls/imageFacts.ts';
import { createImageToSend, RE_ENCODED } from '../modelCalls/imageToSend.ts';
import { type NotPlaced, refusedForNow } from '../modelCalls/notPlaced.ts';
import { assertAffordable, planInPool } from '../modelCalls/planInPool.ts';
import { declaredSize, withTextLayerChecked } from '../modelCalls/textLayer.ts';
import type { Work } from '../modelCalls/work.ts';
import type { FinalRecord, SucceededRecord, Warning } from '../records/analysisRecord.ts';
import { withImageFacts, withWarning } from '../records/analysisSteps.ts';
import type { AnalysisResult } from '../records/analysisView.ts';
import { holdLease } from '../records/lease.ts';
import { createRecordKeeper, type RecordKeeper, RecordTaken } from '../records/recordKeeper.ts';
import { signalEnd } from '../records/signalEnd.ts';
import { adoptResult } from '../results/adoptResult.ts';
import { type EarlierAnswer, findEarlierAnswer } from '../results/earlierAnswer.ts';
import { endOrDeliver } from '../results/endOrDeliver.ts';
import { leaveResult } from '../results/leaveResult.ts';
import type { PaidAnswer } from '../results/paidAnswer.ts';
import { placeResult } from '../results/placeResult.ts';
import { endUndelivered, indexAnswer, writeAnswer } from '../results/writeAnswer.ts';
import { writeDocument } from '../results/writeDocument.ts';
import { retryWrite } from '../storage/retryWrite.ts';
import { StorageRefused } from '../storage/storageRefused.ts';
import { acceptDocument, continueDocument, factsOfDocument } from './analyzeDocument.ts';

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
  | 'documentLimits'
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
    // A document that was accepted needs its file no more: its pages read it.
    if (keeper.current().document) return await goOnWithDocument(keeper, parts);
    const file = await work.open();
    const picture = file.kind === 'image' ? file.image : file;
    const mark = await placeResult(keeper, parts);
    const adopted = mark?.analysisid === keeper.current().id && (await adoptResult(keeper.current(), parts));
    if (adopted) return await complete(keeper, adopted, parts);
    const warn = (warning: Warning): void => keeper.note(withWarning(keeper.current(), warning));
    const look = { image: picture, record: keeper.current(), warn, ...(mark && { mark }) };
    const earlier = await findEarlierAnswer(look, parts);
    if (earlier) return await reuse(earlier, { file, keeper }, parts);
    if (file.kind === 'document') {
      if (work.keepFile) await work.keepFile();
      await acceptDocument(file, keeper, parts);
      return await goOnWithDocument(keeper, parts);
    }
    const isFirstLook = keeper.current().image === null;
    const conversation = await prepareConversation({ work, keeper, image: file.image }, parts);
    const end = await converse(conversation, parts);
    if (end.kind === 'answered') {
      const paid = withTextLayerChecked(end.paid, keeper.current().request, file.image.declared);
      const [ended] = await Promise.all([succeed(keeper, paid, parts), end.settled]);
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

async function goOnWithDocument(keeper: RecordKeeper, parts: AnalyzeImageNeeds): Promise<WorkEnd> {
  const end = await continueDocument(keeper, parts);
  return end.kind === 'answered' ? await complete(keeper, end, parts) : { ...end, keeper };
}

/** Ends with an answer that was paid for before. */
async function reuse(
  { answerOf, contentDigest, checked, pages }: EarlierAnswer,
  { file, keeper }: { readonly file: OpenedFile; readonly keeper: RecordKeeper },
  parts: AnalyzeImageNeeds,
): Promise<WorkEnd> {
  const reused = { answerOf, contentDigest, costMicroUsd: 0 };
  if (file.kind === 'image') {
    keeper.note({ ...withImageFacts(keeper.current(), factsOf(file.image), null), ...reused });
    return await succeed(keeper, checked, parts);
  }
  const document = await factsOfDocument(file, keeper.current());
  keeper.note({ ...withImageFacts(keeper.current(), document.image, null), document: document.facts, ...reused });
  return await complete(keeper, await writeDocument(keeper.current(), pages ?? [], checked.warnings, parts), parts);
}

async function prepareConversation(
  seen: { readonly work: Work; readonly keeper: RecordKeeper; readonly image: AnalysisImage },
  parts: Pick<Capabilities, 'calibrations' | 'deployments' | 'ledger' | 'now'>,
): Promise<Conversation> {
  const { work, keeper, image } = seen;
  const { request } = keeper.current();
  const { plan, couldServe } = await planInPool(request, declaredSize(image, request), parts);
  assertAffordable(request, plan.estimatedMicroUsd);
  keeper.note(withImageFacts(keeper.current(), factsOf(image, plan), estimateOf(plan)));
  const onDigest = (contentDigest: string): void => keeper.note({ ...keeper.current(), contentDigest });
  const leave = (): Promise<void> => parts.ledger.leave(request.model, keeper.current().id);
  const isEncodedAnew = keeper.current().warnings.some(({ code }) => code === RE_ENCODED.code);
  const terms = { target: targetOf(plan, image), onDigest, isEncodedAnew, leave };
  return { work, keeper, plan, ...createImageToSend(image, terms), couldServe };
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
