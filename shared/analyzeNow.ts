import { type AnalysisRecord, isFinal } from './analyses/analysisRecord.ts';
import type { AnalysisRequest } from './analyses/analysisRequest.ts';
import { claim, newAnalysis } from './analyses/analysisSteps.ts';
import type { AnalysisResult } from './analyses/analysisView.ts';
import { LEASE_MS } from './analyses/askDeployment.ts';
import { bytesInHand, lookAtImage } from './analyses/lookAtImage.ts';
import type { Work } from './analyses/storyParts.ts';
import { analyzeImage, type WorkEnd } from './analyzeImage.ts';
import { type BacklogParts, bytesOf, putOffUnplaced } from './analyzeUpload.ts';
import { EndedBefore, NotPossible, PoolUnavailable } from './errors.ts';

/** The image of a call: its bytes, or the name of a blob in the images container. */
export type ImagePart =
  | { readonly kind: 'bytes'; readonly bytes: Buffer }
  | { readonly kind: 'blob'; readonly name: string };

export interface NowCall {
  readonly image: ImagePart;
  readonly request: AnalysisRequest;
  /** How long the caller waits. */
  readonly waitMs: number;
  /** The caller wants an address at once. */
  readonly isAsync: boolean;
}

export type NowEnd =
  | { readonly kind: 'done'; readonly record: AnalysisRecord; readonly result?: AnalysisResult }
  /** It goes on; its record says how. */
  | { readonly kind: 'accepted'; readonly record: AnalysisRecord };

export interface NowParts extends BacklogParts {
  readonly imagesContainer: string;
}

/**
 * Analyses one image for a caller who waits.
 *
 * @throws {AppError} what the caller is to be told: a refused image, no quota in time, no deployment that answers
 */
export async function analyzeNow(call: NowCall, parts: NowParts): Promise<NowEnd> {
  const work = await workOf(call, parts);
  if ('kind' in work) return work;
  if (call.isAsync) return await acceptForLater(call, work, parts);
  let hasSent = false;
  const ending = analyzeImage({ ...work, onSending: () => (hasSent = true) }, parts);
  const first = await Promise.race([ending, parts.sleep(call.waitMs).then(() => 'late' as const)]);
  if (first === 'late' && hasSent) {
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
  return await told(first === 'late' ? await ending : first, call, parts);
}

async function workOf(call: NowCall, parts: NowParts): Promise<Work | NowEnd> {
  const nowMs = parts.now();
  const common = { caller: 'http', startBeforeMs: nowMs + call.waitMs } as const;
  if (call.image.kind === 'bytes') {
    const start = newAnalysis({ kind: 'http', requestId: parts.newId() }, call.request, nowMs);
    return { ...common, start, image: bytesInHand(call.image.bytes) };
  }
  const { name } = call.image;
  const version = await parts.images.head({ container: parts.imagesContainer, name });
  if (!version)
    throw new NotPossible('not-found', `There is no blob ${name} in the container ${parts.imagesContainer}.`);
  const { container, etag, modifiedMs } = version;
  const fresh = newAnalysis({ kind: 'blob', container, name, etag, modifiedMs }, call.request, nowMs);
  const there = await parts.analyses.find(fresh.id);
  if (!there) return { ...common, start: fresh, image: bytesOf(version, parts) };
  if (there.record.status === 'succeeded') {
    const result = await parts.results.find(there.record);
    if (result) return { kind: 'done', record: there.record, result };
  }
  // Claimed for an answer at once only: what nobody waits for is called by its own message.
  if (call.isAsync && !isFinal(there.record.status)) return { kind: 'accepted', record: there.record };
  const claimed = claim(there.record, { holder: parts.newId(), nowMs, leaseMs: LEASE_MS });
  if (claimed.kind === 'held') return { kind: 'accepted', record: there.record };
  if (claimed.kind === 'final') {
    const { error } = there.record;
    if (error) throw new EndedBefore(error.code, error.detail);
    return { kind: 'done', record: there.record };
  }
  const written = await parts.analyses.replace(there, claimed.record);
  if (written.kind === 'changed') return { kind: 'accepted', record: there.record };
  return { ...common, start: written.stored, image: bytesOf(version, parts) };
}

/** Looks at the image, so that a bad one is refused at once, and leaves the rest to the queue. */
async function acceptForLater(call: NowCall, work: Work, parts: NowParts): Promise<NowEnd> {
  await lookAtImage(work.image, parts.limits);
  const record = recordOf(work);
  await keepBytes(call, record, parts);
  if (!('record' in work.start)) await parts.analyses.insert(record);
  await parts.due.send(record.id, parts.now());
  return { kind: 'accepted', record };
}

async function told(end: WorkEnd, call: NowCall, parts: NowParts): Promise<NowEnd> {
  switch (end.kind) {
    case 'ended':
      if (end.error) throw end.error;
      return { kind: 'done', record: end.record, ...(end.result ? { result: end.result } : {}) };
    case 'notPlaced':
      return await refuseOrKeep(end, call, parts);
    case 'changed':
      throw new NotPossible('conflict', 'The blob was replaced while it was read; ask again for its newer version.');
    case 'taken':
      throw new NotPossible(
        'conflict',
        'The same analysis was taken up elsewhere at the same moment; ask for it again.',
      );
  }
}

/** What may have been billed is kept and goes on later; of what never reached a model nothing is left behind. */
async function refuseOrKeep(
  end: Extract<WorkEnd, { kind: 'notPlaced' }>,
  call: NowCall,
  parts: NowParts,
): Promise<NowEnd> {
  const { keeper, waitingFor, startsAtMs, detail } = end;
  const record = keeper.current();
  const isPure = record.attempts.every(({ outcome }) => outcome === 'throttled' || outcome === 'refused');
  if (!isPure || (keeper.isKept() && record.source.kind === 'blob')) {
    await keepBytes(call, record, parts);
    return { kind: 'accepted', record: await putOffUnplaced(end, parts) };
  }
  if (keeper.isKept()) await parts.analyses.remove(record);
  const retryAfterMs = Math.max(0, startsAtMs - parts.now());
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
async function keepBytes(call: NowCall, record: AnalysisRecord, parts: NowParts): Promise<void> {
  if (call.image.kind === 'bytes') await parts.images.keepInbox(record.id, call.image.bytes);
}

function recordOf(work: Work): AnalysisRecord {
  return 'record' in work.start ? work.start.record : work.start;
}
