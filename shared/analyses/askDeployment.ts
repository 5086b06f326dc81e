import { toDataUrl } from '../image/dataUrl.ts';
import type { PreparedImage } from '../image/prepareImage.ts';
import type { Booking } from '../pool/ledger.ts';
import type { Outcome } from '../pool/outcome.ts';
import { requestBody } from '../vision/requestBody.ts';
import { withCosts } from './analysisCosts.ts';
import type { AnalysisRecord } from './analysisRecord.ts';
import { sending, sent } from './analysisSteps.ts';
import type { Plan } from './planAnalysis.ts';
import type { RecordKeeper } from './recordKeeper.ts';
import type { StoryParts, Work } from './storyParts.ts';

/** A claim must outlive the longest request that it is renewed for. */
export const LEASE_MS = 180_000;

/** A model may take its time over a large image; the platform ends a function after ten minutes. */
const MODEL_TIMEOUT_MS = 120_000;

export interface BookedQuestion {
  readonly work: Work;
  readonly keeper: RecordKeeper;
  readonly plan: Plan;
  readonly booking: Booking;
  readonly prepared: () => Promise<PreparedImage | 'changed'>;
  readonly prompt: Plan['prompt'];
  readonly maxOutputTokens: number;
}

/**
 * One request to the booked deployment, at its start: announced in the record before it leaves, its end noted after.
 * The booking is given back if nothing is sent.
 *
 * @throws {ImageRejected} when the image cannot be decoded
 * @throws {RecordTaken} when somebody else has the record
 */
export async function askDeployment(question: BookedQuestion, parts: StoryParts): Promise<Outcome | 'changed'> {
  const { booking, keeper, plan, prompt, maxOutputTokens } = question;
  const { ledger, vision, now } = parts;
  const image = await announce(question, parts).catch(async (error: unknown) => {
    await ledger.release(booking);
    throw error;
  });
  if (image === 'changed') {
    await ledger.release(booking);
    return 'changed';
  }
  const { deployment } = booking;
  const body = requestBody({
    deployment,
    parameters: plan.model.parameters,
    prompt,
    image: { dataUrl: toDataUrl(image.bytes, image.mediaType), detail: plan.detail },
    maxOutputTokens,
  });
  const { outcome, tookMs } = await vision.ask(deployment, body, { timeoutMs: MODEL_TIMEOUT_MS });
  await ledger.settle(booking, outcome, tookMs);
  const ended = sent(keeper.current(), { outcome: outcome.kind, status: statusOf(outcome), ms: tookMs });
  const usage = outcome.kind === 'answered' || outcome.kind === 'filtered' ? outcome.usage : null;
  keeper.note(withCosts(ended, { deployment, usage, model: plan.model, atMs: now() }));
  return outcome;
}

/** Makes the image ready while the start comes near, waits for it, and writes down what is about to leave. */
async function announce(question: BookedQuestion, parts: StoryParts): Promise<PreparedImage | 'changed'> {
  const { booking, keeper, work } = question;
  const image = await question.prepared();
  if (image === 'changed') return 'changed';
  const waitMs = booking.startMs - parts.now();
  if (waitMs > 0) await parts.sleep(waitMs);
  const record = keeper.current();
  const { name, region } = booking.deployment;
  const lease = { holder: record.lease?.holder ?? parts.newId(), untilMs: parts.now() + LEASE_MS };
  const announced = sending(record, { deployment: name, region }, lease);
  await keeper.save({ ...announced, image: withSentSize(record.image, image) });
  work.onSending?.();
  return image;
}

function withSentSize(image: AnalysisRecord['image'], sentImage: PreparedImage): AnalysisRecord['image'] {
  if (!image) return null;
  const { width, height, bytes } = sentImage;
  return { ...image, sentWidth: width, sentHeight: height, sentBytes: bytes.byteLength };
}

function statusOf(outcome: Outcome): number | null {
  if ('status' in outcome) return outcome.status;
  if (outcome.kind === 'throttled') return 429;
  return outcome.kind === 'filtered' && outcome.on === 'image' ? 400 : 200;
}
