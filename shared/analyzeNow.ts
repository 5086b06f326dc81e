import { analysisOfBlob } from './analyses/analysisOfBlob.ts';
import { type AnalysisRecord, isFinal } from './analyses/analysisRecord.ts';
import { newAnalysis } from './analyses/analysisSteps.ts';
import { bindKey } from './analyses/bindKey.ts';
import type { IdempotencyKeys, KeyBinding } from './analyses/idempotencyKeys.ts';
import { bytesInHand, lookAtImage } from './analyses/lookAtImage.ts';
import { namedBlob } from './analyses/namedBlob.ts';
import type { ImagePart, NowCall, NowEnd } from './analyses/nowCall.ts';
import type { Work } from './analyses/storyParts.ts';
import { takeUp } from './analyses/takeUp.ts';
import { tellKept } from './analyses/tellKept.ts';
import { analyzeImage, type WorkEnd } from './analyzeImage.ts';
import { type BacklogParts, bytesOf, putOffUnplaced } from './analyzeUpload.ts';
import { NotPossible, PoolUnavailable } from './errors.ts';
import { mayHaveReachedModel } from './pool/nextStep.ts';

/** A call whose image is here, or in the images container. */
interface ReadyCall extends NowCall {
  readonly image: Exclude<ImagePart, { kind: 'url' }>;
  /** What the id of an analysis of bytes is made of. */
  readonly requestId: string;
  /** Epoch milliseconds. */
  readonly untilMs: number;
}

export interface NowParts extends BacklogParts {
  readonly imagesContainer: string;
  readonly keys: IdempotencyKeys;
  /** The bytes of an image that a caller named by its URL. */
  readonly fetchImage: (url: string) => Promise<Buffer>;
}

/**
 * Analyses one image for a caller who waits.
 *
 * @throws {AppError} what the caller is to be told: a refused image, no quota in time, no deployment that answers
 */
export async function analyzeNow(given: NowCall, parts: NowParts): Promise<NowEnd> {
  const untilMs = parts.now() + given.waitMs;
  const bound = await bindingOf(given, parts);
  if (bound && (await parts.analyses.find(bound.analysisId))) {
    return await tellKept(bound.analysisId, { ...given, untilMs }, parts);
  }
  const { image } = given;
  const ready = image.kind === 'url' ? { kind: 'bytes' as const, bytes: await parts.fetchImage(image.url) } : image;
  return await analyzeReady({ ...given, image: ready, requestId: bound?.requestId ?? parts.newId(), untilMs }, parts);
}

async function analyzeReady(call: ReadyCall, parts: NowParts): Promise<NowEnd> {
  const work = await workOf(call, parts);
  if ('kind' in work) return work;
  if (call.isAsync) return await acceptForLater(call, work, parts);
  const sending = Promise.withResolvers<void>();
  const ending = analyzeImage({ ...work, onSending: () => sending.resolve() }, parts);
  const isOver = parts.sleep(Math.max(0, call.untilMs - parts.now()));
  const end = await Promise.race([ending, Promise.all([isOver, sending.promise]).then(() => 'late' as const)]);
  if (end === 'late') {
    // The answer is paid for: it is kept, and found at the address that the caller gets. The bytes are kept as well, for
    // should it not come, the analysis goes on from the queue.
    const kept = keepBytes(call, recordOf(work), parts);
    Promise.all([ending, kept])
      .then(([end]) => finishLater(end, parts))
      .catch((error: unknown) =>
        parts.signal({ event: 'analysis.failed', facts: { code: 'internal', error: String(error) } }),
      );
    await kept;
    return { kind: 'accepted', record: recordOf(work) };
  }
  if (end.kind === 'taken') return await tellKept(recordOf(work).id, call, parts);
  return await told(end, call, parts);
}

/** What the caller's key stands for, if there is one. */
async function bindingOf(call: NowCall, parts: NowParts): Promise<KeyBinding | undefined> {
  const { image, request, idempotencyKey: key } = call;
  if (key === undefined) return undefined;
  const requestId = parts.newId();
  const nowMs = parts.now();
  const { id: analysisId } =
    image.kind === 'blob'
      ? analysisOfBlob(await namedBlob(image.name, parts), request, { defaults: parts.defaults, nowMs })
      : newAnalysis({ kind: 'http', requestId }, request, nowMs);
  return await bindKey({ key, image, request }, { analysisId, requestId, boundAtMs: nowMs }, parts.keys);
}

async function workOf(call: ReadyCall, parts: NowParts): Promise<Work | NowEnd> {
  const nowMs = parts.now();
  const common = {
    caller: 'http',
    startBeforeMs: call.untilMs,
    // By its key, or by its blob, a caller that comes back at the time it was told is known again.
    keepsPlace: call.idempotencyKey !== undefined || call.image.kind === 'blob',
  } as const;
  if (call.image.kind === 'bytes') {
    const start = newAnalysis({ kind: 'http', requestId: call.requestId }, call.request, nowMs);
    return { ...common, start, image: bytesInHand(call.image.bytes) };
  }
  const version = await namedBlob(call.image.name, parts);
  const fresh = analysisOfBlob(version, call.request, { defaults: parts.defaults, nowMs });
  const there = await parts.analyses.find(fresh.id);
  if (!there) return { ...common, start: fresh, image: bytesOf(version, parts) };
  if (isFinal(there.record.status)) return await tellKept(fresh.id, call, parts);
  // Claimed for an answer at once only: what nobody waits for is called by its own message.
  if (call.isAsync) return { kind: 'accepted', record: there.record };
  const taken = await takeUp(there, parts);
  if (taken.kind !== 'mine') return await tellKept(fresh.id, call, parts);
  return { ...common, start: taken.stored, endOfClaim: taken.endOfClaim, image: bytesOf(version, parts) };
}

/** Looks at the image, so that a bad one is refused at once, and leaves the rest to the queue. */
async function acceptForLater(call: ReadyCall, work: Work, parts: NowParts): Promise<NowEnd> {
  await lookAtImage(work.image, parts.limits);
  const record = recordOf(work);
  await keepBytes(call, record, parts);
  if (!('record' in work.start)) await parts.analyses.insert(record);
  await parts.due.send(record.id, parts.now());
  return { kind: 'accepted', record };
}

async function told(end: Exclude<WorkEnd, { kind: 'taken' }>, call: ReadyCall, parts: NowParts): Promise<NowEnd> {
  switch (end.kind) {
    case 'ended':
      if (end.error) throw end.error;
      return { kind: 'done', record: end.record, ...(end.result ? { result: end.result } : {}) };
    case 'notPlaced':
      return await refuseOrKeep(end, call, parts);
    case 'changed':
      throw new NotPossible('conflict', 'The blob was replaced while it was read; ask again for its newer version.');
  }
}

/** What may have been billed is kept and goes on later; of what never reached a model nothing is left behind. */
async function refuseOrKeep(
  end: Extract<WorkEnd, { kind: 'notPlaced' }>,
  call: ReadyCall,
  parts: NowParts,
): Promise<NowEnd> {
  const { keeper, waitingFor, startsAtMs, detail } = end;
  const record = keeper.current();
  const isPure = !record.attempts.some(mayHaveReachedModel);
  if (!isPure || (keeper.isKept() && record.source.kind === 'blob')) {
    await keepBytes(call, record, parts);
    return { kind: 'accepted', record: await putOffUnplaced(end, parts) };
  }
  if (keeper.isKept()) await parts.analyses.remove(record);
  const retryAfterMs = Math.max(0, startsAtMs - parts.now());
  if (waitingFor === 'budget') throw new PoolUnavailable('budget-reached', detail, retryAfterMs);
  if (waitingFor === 'outage') throw new PoolUnavailable('pool-down', `No deployment answers: ${detail}`, retryAfterMs);
  const seconds = Math.ceil(retryAfterMs / 1000);
  throw new PoolUnavailable(
    'no-slot-in-time',
    `No quota is free within ${call.waitMs / 1000} s; a request can start in ${seconds} s.`,
    retryAfterMs,
  );
}

/** What an answer that came after its caller had left still asks for. */
async function finishLater(end: WorkEnd, parts: NowParts): Promise<void> {
  if (end.kind === 'notPlaced') await putOffUnplaced(end, parts);
  if (end.kind === 'ended' && end.record.source.kind === 'http') await parts.images.removeInbox(end.record.id);
}

/** Bytes that came with the request outlive it; a blob is where it was. */
async function keepBytes(call: ReadyCall, record: AnalysisRecord, parts: NowParts): Promise<void> {
  if (call.image.kind === 'bytes') await parts.images.keepInbox(record.id, call.image.bytes);
}

function recordOf(work: Work): AnalysisRecord {
  return 'record' in work.start ? work.start.record : work.start;
}
