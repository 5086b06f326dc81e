import type { Capabilities } from '../capabilities.ts';
import { ImageChanged, NotPossible } from '../errors.ts';
import { lookAtFile } from '../image/lookAtImage.ts';
import type { Work } from '../modelCalls/work.ts';
import { aboutKept } from '../records/aboutAnalysis.ts';
import { errorOf, isFinal, type QueuedRecord } from '../records/analysisRecord.ts';
import { followAnalysis } from '../records/followAnalysis.ts';
import { type RecordKeeper, RecordTaken, unlessTaken } from '../records/recordKeeper.ts';
import { isRestartedByCall, restartedByCall } from '../records/restarted.ts';
import type { StoredAnalysis } from '../records/storedAnalysis.ts';
import { endGone } from '../results/endGone.ts';
import { type AnalyzeImageNeeds, analyzeImage, type WorkEnd } from './analyzeImage.ts';
import { postponeWork } from './analyzeUpload.ts';
import { dropBytes, isRestartedByBytes, keepBytes, lacksBytes } from './inboxBytes.ts';
import type { NowCall, NowEnd, ReadyCall } from './nowCall.ts';
import { refuseOrKeep } from './refuseOrKeep.ts';
import { reportExisting } from './reportExisting.ts';
import { bindingOf, type CallStart, startOfCall } from './workOfCall.ts';

/** What the analysis of an image that is here, or in the images container, uses. */
type ReadyNeeds = AnalyzeImageNeeds & Pick<Capabilities, 'defaults' | 'documents' | 'imagesContainer' | 'newId'>;

/**
 * Analyses one image for an HTTP caller.
 *
 * @throws {AppError} for the response: a refused image, no quota in time, no deployment that answers
 */
export async function analyzeNow(
  given: NowCall,
  parts: ReadyNeeds & Pick<Capabilities, 'fetchImage' | 'keys'>,
): Promise<NowEnd> {
  const untilMs = parts.now() + given.waitMs;
  const bound = await bindingOf(given, parts);
  const found = bound && (await followAnalysis(bound.analysisId, given.isAsync ? parts.now() : untilMs, parts));
  // A removed blob version does not come back, so the key then stands for the current version.
  const kept = found?.record.source.kind === 'blob' && errorOf(found.record)?.code === 'bytes-gone' ? undefined : found;
  if (kept && !isRestartedByCall(kept.record) && !(await lacksBytes(kept.record, parts))) {
    return await reportExisting(kept.record.id, { ...given, untilMs }, parts);
  }
  const { image } = given;
  const ready = image.kind === 'url' ? { kind: 'bytes' as const, bytes: await parts.fetchImage(image.url) } : image;
  const call = { ...given, image: ready, requestId: bound?.requestId ?? parts.newId(), untilMs };
  return kept && call.image.kind === 'bytes' ? await bringBytes(kept, call, parts) : await analyzeReady(call, parts);
}

/** Stores the bytes of a repeated call for the analysis of its key, which continues with them. */
async function bringBytes(kept: StoredAnalysis, call: ReadyCall, parts: ReadyNeeds): Promise<NowEnd> {
  const { record } = kept;
  const { id } = record;
  await keepBytes(call, id, parts);
  if (isRestartedByCall(record) || isRestartedByBytes(record)) {
    const again = await parts.analyses.replace(kept, restartedByCall(record));
    if (again.kind === 'replaced') return await analyzeReady(call, parts, again.stored);
  }
  const now = await parts.analyses.find(id);
  if (!now || isFinal(now.record)) await dropBytes(kept.record, parts);
  // If the record is gone, its caller was just asked to send the request again.
  return now ? await reportExisting(id, call, parts) : await analyzeReady(call, parts);
}

/** @param kept the record of an earlier call with the same key */
async function analyzeReady(call: ReadyCall, parts: ReadyNeeds, kept?: StoredAnalysis<QueuedRecord>): Promise<NowEnd> {
  const start = await startOfCall(call, parts, kept);
  if (start.kind === 'done' || start.kind === 'accepted') return start;
  try {
    return start.kind === 'later'
      ? await acceptForLater(call, start, parts)
      : await waitForEnd(call, start.work, parts);
  } catch (error) {
    throw await aboutKept(error, idOf(start), parts);
  }
}

function idOf(start: Exclude<CallStart, NowEnd>): string {
  const begun = start.kind === 'work' ? start.work.start : start.start;
  return ('record' in begun ? begun.record : begun).id;
}

async function waitForEnd(call: ReadyCall, work: Work, parts: ReadyNeeds): Promise<NowEnd> {
  const started = 'record' in work.start ? work.start.record : work.start;
  const { id } = started;
  const sending = Promise.withResolvers<void>();
  const ending = analyzeImage({ ...work, onSending: () => sending.resolve() }, parts);
  const isOver = parts.sleep(Math.max(0, call.untilMs - parts.now()));
  const end = await Promise.race([ending, Promise.all([isOver, sending.promise]).then(() => 'late' as const)]);
  if (end === 'late') {
    // The model call is paid for, so its answer is stored at the address that the caller gets. The bytes are stored
    // too: without an answer, the analysis continues from the queue.
    const kept = keepBytes(call, id, parts);
    Promise.all([ending, kept])
      .then(([end]) => finishLater(end, parts))
      .catch((error: unknown) =>
        parts.signal({ event: 'analysis.failed', facts: { code: 'internal', error: String(error) } }),
      );
    await kept;
    // The record has changed since its lease was taken: it shows the sent request or the end. If it cannot be read
    // now, the caller still gets the address.
    const now = await parts.analyses.find(id).catch(() => undefined);
    if (now && isFinal(now.record)) return await reportExisting(id, call, parts);
    return { kind: 'accepted', record: now?.record ?? started };
  }
  if (end.kind === 'taken') {
    const seen = await followAnalysis(id, call.untilMs, parts);
    // The earlier caller got no start. This caller has the image and continues the analysis.
    if (!seen && parts.now() < call.untilMs) return await analyzeReady(call, parts);
    return await reportExisting(id, call, parts);
  }
  // A caller with the same key may have stored the bytes meanwhile.
  if (end.kind === 'ended' && call.idempotencyKey !== undefined) dropBytes(end.record, parts).catch(() => undefined);
  return await told(end, call, parts);
}

/** Checks the image, so that a bad one is refused at once, and queues the rest. */
async function acceptForLater(
  call: ReadyCall,
  { file, start }: Extract<CallStart, { kind: 'later' }>,
  parts: Pick<Capabilities, 'analyses' | 'due' | 'images' | 'limits' | 'now'>,
): Promise<NowEnd> {
  await lookAtFile(file, parts).catch((error: unknown) => {
    // The queue finds what has become of a version that is gone.
    if (!(error instanceof ImageChanged)) throw error;
  });
  const record = 'record' in start ? start.record : start;
  await keepBytes(call, record.id, parts);
  if (!('record' in start)) await parts.analyses.insert(record);
  await parts.due.send(record.id, parts.now());
  return { kind: 'accepted', record };
}

async function told(
  end: Exclude<WorkEnd, { kind: 'taken' }>,
  call: ReadyCall,
  parts: Pick<Capabilities, 'analyses' | 'due' | 'images' | 'now' | 'results' | 'signal' | 'sleep'>,
): Promise<NowEnd> {
  switch (end.kind) {
    case 'ended':
      if (end.error) throw end.error;
      return { kind: 'done', record: end.record, ...(end.result ? { result: end.result } : {}) };
    case 'notPlaced':
      if (end.cause.waitingFor === 'pages') return await followDocument(end, call, parts);
      return await refuseOrKeep(end, call, parts).catch((error: unknown) => {
        if (error instanceof RecordTaken) return reportExisting(end.keeper.current().id, call, parts);
        throw error;
      });
    case 'changed':
      await unlessTaken(() => leaveChanged(end.keeper, parts));
      throw new NotPossible(
        'conflict',
        'The blob was replaced while it was read. Repeat the call to analyse its newer version.',
      );
  }
}

/** The pages of a document are analysed from the queue; the caller waits for the last one as long as for an image. */
async function followDocument(
  end: Extract<WorkEnd, { kind: 'notPlaced' }>,
  call: ReadyCall,
  parts: Pick<Capabilities, 'analyses' | 'due' | 'images' | 'now' | 'results' | 'signal' | 'sleep'>,
): Promise<NowEnd> {
  await unlessTaken(() => postponeWork(end, parts));
  return await reportExisting(end.keeper.current().id, call, parts);
}

/** A removed version leaves no record, unless an earlier try may have cost something. */
async function leaveChanged(
  keeper: RecordKeeper,
  parts: Pick<Capabilities, 'images' | 'now' | 'results' | 'signal'>,
): Promise<void> {
  if (!keeper.isKept()) return;
  await (keeper.current().attempts.length === 0 ? keeper.remove() : endGone(keeper, parts));
}

/** What remains to do for an answer that came after its caller had left. */
async function finishLater(
  end: WorkEnd,
  parts: Pick<Capabilities, 'due' | 'images' | 'now' | 'results' | 'signal'>,
): Promise<void> {
  if (end.kind === 'notPlaced') await unlessTaken(() => postponeWork(end, parts));
  if (end.kind === 'ended') await dropBytes(end.record, parts);
}
