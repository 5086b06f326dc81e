import type { Capabilities } from '../capabilities.ts';
import { toDataUrl } from '../image/pixels/cutIntoParts.ts';
import type { PreparedImage } from '../image/prepareImage.ts';
import { callMicroUsd, withCosts } from '../money/analysisCosts.ts';
import type { BudgetDenied } from '../money/budget.ts';
import { noteUsage } from '../money/noteUsage.ts';
import type { Booking } from '../pool/ledger.ts';
import { type Outcome, type Usage, usageIn } from '../pool/outcome.ts';
import type { AnalysisFacts, Warning } from '../records/analysisRecord.ts';
import { sending, sent, withWarning } from '../records/analysisSteps.ts';
import { LEASE_MS } from '../records/lease.ts';
import type { RecordKeeper } from '../records/recordKeeper.ts';
import { recordCost } from '../signals/instruments.ts';
import { traceCall } from '../signals/traceCall.ts';
import { costMicroUsd } from '../tokens/cost.ts';
import { requestBody } from '../vision/requestBody.ts';
import { mostMicroUsd, spentMicroUsd } from './budgetedCall.ts';
import { estimatedUsage, estimatedWarning } from './estimatedUsage.ts';
import type { Plan } from './planAnalysis.ts';
import type { Reply } from './readReply.ts';
import type { Work } from './work.ts';

/** Large images take long, but the platform ends a function after ten minutes. */
const MODEL_TIMEOUT_MS = 120_000;

/** How a call ended. */
type CallEnd =
  | {
      readonly kind: 'called';
      readonly outcome: Outcome;
      readonly reply: Reply | undefined;
      /**
       * Settles when pool, budget and usage have recorded the call. The answer is stored without waiting for that: the
       * longer it exists only in memory, the likelier a crash loses it.
       */
      readonly settled: Promise<void>;
    }
  /** Nothing was sent: the budget has no room for the call. */
  | { readonly kind: 'denied'; readonly denied: BudgetDenied };

interface BookedCall {
  readonly work: Work;
  readonly keeper: RecordKeeper;
  readonly plan: Plan;
  readonly booking: Booking;
  readonly prepared: () => Promise<PreparedImage>;
  readonly prompt: Plan['prompt'];
  readonly maxOutputTokens: number;
  /** Undefined where the outcome holds no answer of the model. */
  readonly read: (outcome: Outcome) => Reply | undefined;
}

/**
 * One request to the booked deployment, at its booked start. The record announces it before it is sent and notes how
 * it ended. The booking is released if nothing is sent.
 *
 * @throws {ImageRejected} when the image cannot be decoded
 * @throws {ImageChanged} when its version is gone
 * @throws {RecordTaken} when another worker has the record
 */
export async function callDeployment(
  question: BookedCall,
  parts: Pick<Capabilities, 'budget' | 'calibrations' | 'ledger' | 'now' | 'signal' | 'sleep' | 'usage' | 'vision'>,
): Promise<CallEnd> {
  const { booking, keeper, plan, prompt, maxOutputTokens } = question;
  const { calibrations, ledger, vision, now } = parts;
  const { deployment } = booking;
  const most = mostMicroUsd({ plan, deployment, textTokens: prompt.textTokens, maxOutputTokens, atMs: now() });
  const call = { analysisId: keeper.current().id, attempt: keeper.current().attempts.length, microUsd: most };
  const { work } = question;
  const untilMs = work.caller === 'http' && work.keepsPlace !== true ? work.startBeforeMs : undefined;
  const reserved = await unbookIfThrown(() => parts.budget.reserve(call, untilMs), question, parts);
  if (reserved.kind !== 'reserved') {
    await ledger.release(booking);
    return { kind: 'denied', denied: reserved };
  }
  const { reservation } = reserved;
  // If the storage is unavailable, the timer settles the call later. The answer does not wait for it.
  const settle = (microUsd: number): Promise<void> => parts.budget.settle(reservation, microUsd).catch(() => undefined);
  const image = await unbookIfThrown(() => announce(question, parts), question, parts).catch(async (error: unknown) => {
    await settle(0);
    throw error;
  });
  const body = requestBody({
    deployment,
    parameters: plan.model.parameters,
    prompt,
    images: [image, ...(image.furtherParts ?? [])].map(({ bytes, mediaType }) => toDataUrl(bytes, mediaType)),
    detail: plan.detail,
    maxOutputTokens,
  });
  const { outcome, tookMs } = await traceCall({ deployment, maxOutputTokens }, () =>
    vision.ask(deployment, body, { timeoutMs: MODEL_TIMEOUT_MS }),
  );
  const { sku, region } = deployment;
  const spent = spentMicroUsd(outcome, most, (usage) => costMicroUsd(plan.model, usage, { sku, region, atMs: now() }));
  const ended = sent(keeper.current(), { outcome: outcome.kind, status: statusOf(outcome), ms: tookMs });
  const told = usageIn(outcome);
  const usage = told ?? (await estimatedUsage(outcome, { plan, prompt, maxOutputTokens }));
  if (told && (outcome.kind === 'answered' || outcome.kind === 'filtered')) {
    const { textTokens, schemaTokens } = prompt;
    const bill = { usage: told, estimatedTokens: plan.imageTokens, textTokens, schemaTokens };
    calibrations.learn(deployment.name, bill, now());
  }
  const billed = { deployment, model: plan.model, atMs: now() };
  const costed = withCosts(ended, { ...billed, usage });
  keeper.note(
    warningsOf(outcome, { name: deployment.name, estimate: told ? null : usage }).reduce(withWarning, costed),
  );
  const reply = question.read(outcome);
  const books: Promise<void>[] = [ledger.settle(withLesson(booking, outcome, reply), outcome, tookMs), settle(spent)];
  if (usage) {
    const microUsd = callMicroUsd({ ...billed, usage });
    if (microUsd !== null) {
      recordCost(microUsd / 1_000_000, { model: deployment.model, region, task: ended.request.task });
    }
    books.push(noteUsage(ended, { deployment, usage, microUsd }, parts));
  }
  return { kind: 'called', outcome, reply, settled: Promise.all(books).then(() => undefined) };
}

/**
 * A refusal in words, or an answer that needs a repair, says nothing about usual lengths. A cut answer is at least as
 * long as its cap.
 */
function withLesson(booking: Booking, outcome: Outcome, reply: Reply | undefined): Booking {
  const wasCut = outcome.kind === 'answered' && outcome.finish === 'length';
  if (booking.answer === undefined || reply === undefined || reply.kind === 'answered' || wasCut) return booking;
  return { ...booking, answer: { ...booking.answer, isNoLesson: true } };
}

function warningsOf(
  outcome: Outcome,
  about: { readonly name: string; readonly estimate: Usage | null },
): readonly Warning[] {
  const { name, estimate } = about;
  const isUnfiltered = outcome.kind === 'answered' && outcome.isUnfiltered;
  const detail = `The content filter of ${name} was down: the answer, or the image, passed without it.`;
  return [
    ...(isUnfiltered ? [{ code: 'content-filter-down', detail }] : []),
    ...(estimate ? [estimatedWarning(name, estimate)] : []),
  ];
}

/** Runs a step before anything is sent, and releases the booking if it fails. */
async function unbookIfThrown<T>(
  step: () => Promise<T>,
  question: BookedCall,
  parts: Pick<Capabilities, 'ledger'>,
): Promise<T> {
  try {
    return await step();
  } catch (error) {
    await parts.ledger.release(question.booking);
    throw error;
  }
}

/** Prepares the image, waits for the booked start, and records the attempt that is about to be sent. */
async function announce(question: BookedCall, parts: Pick<Capabilities, 'now' | 'sleep'>): Promise<PreparedImage> {
  const { booking, keeper, work } = question;
  const image = await question.prepared();
  const waitMs = booking.startMs - parts.now();
  if (waitMs > 0) await parts.sleep(waitMs);
  const record = keeper.current();
  const { name, region } = booking.deployment;
  const lease = { ...record.lease, untilMs: parts.now() + LEASE_MS };
  const announced = sending(record, { deployment: name, region }, lease);
  await keeper.save({ ...announced, image: withSentSize(record.image, image) });
  work.onSending?.();
  return image;
}

function withSentSize(image: AnalysisFacts['image'], sentImage: PreparedImage): AnalysisFacts['image'] {
  if (!image) return null;
  const { width, height, bytes, furtherParts = [] } = sentImage;
  const sentBytes = furtherParts.reduce((sum, part) => sum + part.bytes.byteLength, bytes.byteLength);
  return { ...image, sentWidth: width, sentHeight: height, sentBytes };
}

function statusOf(outcome: Outcome): number | null {
  if ('status' in outcome) return outcome.status;
  if (outcome.kind === 'throttled') return 429;
  return outcome.kind === 'filtered' && outcome.on === 'image' ? 400 : 200;
}
