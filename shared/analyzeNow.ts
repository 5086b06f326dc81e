import { analysisOfBlob } from './analyses/analysisOfBlob.ts';
import { type AnalysisRecord, isFinal } from './analyses/analysisRecord.ts';
import { newAnalysis } from './analyses/analysisSteps.ts';
import type { StoredAnalysis } from './analyses/analysisStore.ts';
import { bindKey } from './analyses/bindKey.ts';
import { dropBytes, keepBytes, lacksBytes } from './analyses/callersBytes.ts';
import { followAnalysis } from './analyses/followAnalysis.ts';
import type { IdempotencyKeys, KeyBinding } from './analyses/idempotencyKeys.ts';
import { bytesInHand, lookAtImage } from './analyses/lookAtImage.ts';
import { namedBlob } from './analyses/namedBlob.ts';
import type { NowCall, NowEnd, ReadyCall } from './analyses/nowCall.ts';
import { queuedAgain } from './analyses/queuedAgain.ts';
import { RecordTaken, unlessTaken } from './analyses/recordKeeper.ts';
import type { Work } from './analyses/storyParts.ts';
import { takeUp } from './analyses/takeUp.ts';
import { tellKept } from './analyses/tellKept.ts';
import { analyzeImage, type WorkEnd } from './analyzeImage.ts';
import { type BacklogParts, bytesOf, putOffUnplaced } from './analyzeUpload.ts';
import { NotPossible } from './errors.ts';
import { refuseOrKeep } from './refuseOrKeep.ts';

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
  const kept = bound && (await followAnalysis(bound.analysisId, given.isAsync ? parts.now() : untilMs, parts));
  if (kept && !(await lacksBytes(kept.record, parts))) {
    return await tellKept(kept.record.id, { ...given, untilMs }, parts);
  }
  const { image } = given;
  const ready = image.kind === 'url' ? { kind: 'bytes' as const, bytes: await parts.fetchImage(image.url) } : image;
  const call = { ...given, image: ready, requestId: bound?.requestId ?? parts.newId(), untilMs };
  return kept ? await bringBytes(kept, call, parts) : await analyzeReady(call, parts);
}

/** Leaves the bytes of a call that came again to the analysis that its key stands for, which goes on with them. */
async function bringBytes(kept: StoredAnalysis, call: ReadyCall, parts: NowParts): Promise<NowEnd> {
  const { id, status, attempts } = kept.record;
  await keepBytes(call, id, parts);
  if (isFinal(status)) {
    const again = await parts.analyses.replace(kept, { ...queuedAgain(kept.record), attempts });
    if (again.kind === 'replaced') return await analyzeReady(call, parts, again.stored);
  }
  const now = await parts.analyses.find(id);
  if (!now || isFinal(now.record.status)) await dropBytes(kept.record, parts);
  // Where it is gone, its caller has just been told to come again.
  return now ? await tellKept(id, call, parts) : await analyzeReady(call, parts);
}

/** @param kept what an earlier call with the same key has left */
async function analyzeReady(call: ReadyCall, parts: NowParts, kept?: StoredAnalysis): Promise<NowEnd> {
  const work = await workOf(call, parts, kept);
  if ('kind' in work) return work;
  if (call.isAsync) return await acceptForLater(call, work, parts);
  const sending = Promise.withResolvers<void>();
  const ending = analyzeImage({ ...work, onSending: () => sending.resolve() }, parts);
  const isOver = parts.sleep(Math.max(0, call.untilMs - parts.now()));
  const end = await Promise.race([ending, Promise.all([isOver, sending.promise]).then(() => 'late' as const)]);
  if (end === 'late') {
    // The answer is paid for: it is kept, and found at the address that the caller gets. The bytes are kept as well, for
    // should it not come, the analysis goes on from the queue.
    const kept = keepBytes(call, recordOf(work).id, parts);
    Promise.all([ending, kept])
      .then(([end]) => finishLater(end, parts))
      .catch((error: unknown) =>
        parts.signal({ event: 'analysis.failed', facts: { code: 'internal', error: String(error) } }),
      );
    await kept;
    return { kind: 'accepted', record: recordOf(work) };
  }
  if (end.kind === 'taken') return await tellKept(recordOf(work).id, call, parts);
  // Who came with the same key meanwhile has left the bytes as well.
  if (end.kind === 'ended' && call.idempotencyKey !== undefined) dropBytes(end.record, parts).catch(() => undefined);
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

async function workOf(call: ReadyCall, parts: NowParts, kept?: StoredAnalysis): Promise<Work | NowEnd> {
  const nowMs = parts.now();
  const common = {
    caller: 'http',
    startBeforeMs: call.untilMs,
    // By its key, or by its blob, a caller that comes back at the time it was told is known again.
    keepsPlace: call.idempotencyKey !== undefined || call.image.kind === 'blob',
  } as const;
  if (call.image.kind === 'bytes') {
    const image = bytesInHand(call.image.bytes);
    if (kept) return await claimed({ ...common, start: kept, image }, call, parts);
    const start = newAnalysis({ kind: 'http', requestId: call.requestId }, call.request, nowMs);
    return { ...common, start, image };
  }
  const version = await namedBlob(call.image.name, parts);
  const fresh = analysisOfBlob(version, call.request, { defaults: parts.defaults, nowMs });
  const there = await parts.analyses.find(fresh.id);
  if (!there) return { ...common, start: fresh, image: bytesOf(version, parts) };
  if (isFinal(there.record.status)) return await tellKept(fresh.id, call, parts);
  // What nobody waits for is called by its own message.
  if (call.isAsync) return { kind: 'accepted', record: there.record };
  return await claimed({ ...common, start: there, image: bytesOf(version, parts) }, call, parts);
}

/** What is there already, claimed if its answer is wanted at once. */
async function claimed(
  work: Work & { readonly start: StoredAnalysis },
  call: ReadyCall,
  parts: NowParts,
): Promise<Work | NowEnd> {
  if (call.isAsync) return work;
  const taken = await takeUp(work.start, parts);
  if (taken.kind !== 'mine') return await tellKept(work.start.record.id, call, parts);
  return { ...work, start: taken.stored, endOfClaim: taken.endOfClaim };
}

/** Looks at the image, so that a bad one is refused at once, and leaves the rest to the queue. */
async function acceptForLater(call: ReadyCall, work: Work, parts: NowParts): Promise<NowEnd> {
  await lookAtImage(work.image, parts.limits);
  const record = recordOf(work);
  await keepBytes(call, record.id, parts);
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
      return await refuseOrKeep(end, call, parts).catch((error: unknown) => {
        if (error instanceof RecordTaken) return tellKept(end.keeper.current().id, call, parts);
        throw error;
      });
    case 'changed':
      throw new NotPossible('conflict', 'The blob was replaced while it was read; ask again for its newer version.');
  }
}

/** What an answer that came after its caller had left still asks for. */
async function finishLater(end: WorkEnd, parts: NowParts): Promise<void> {
  if (end.kind === 'notPlaced') await unlessTaken(() => putOffUnplaced(end, parts));
  if (end.kind === 'ended') await dropBytes(end.record, parts);
}

function recordOf(work: Work): AnalysisRecord {
  return 'record' in work.start ? work.start.record : work.start;
}
