import { bytesInHand } from '../image/lookAtImage.ts';
import type { Work } from '../modelCalls/pipelineParts.ts';
import { analysisOfBlob } from '../records/analysisOfBlob.ts';
import { type AnalysisRecord, isFinal } from '../records/analysisRecord.ts';
import { newAnalysis } from '../records/analysisSteps.ts';
import { bindKey } from '../records/bindKey.ts';
import type { IdempotencyKeys, KeyBinding } from '../records/idempotencyKeys.ts';
import { isRestartedByCall, restartedByCall } from '../records/restartedByCall.ts';
import type { StoredAnalysis } from '../records/storedAnalysis.ts';
import { headNamedBlob } from '../storage/headNamedBlob.ts';
import { acquireAnalysis } from './acquireAnalysis.ts';
import { type BacklogParts, bytesOf } from './analyzeUpload.ts';
import type { NowCall, NowEnd, ReadyCall } from './nowCall.ts';
import { reportExisting } from './reportExisting.ts';

export interface NowParts extends BacklogParts {
  readonly imagesContainer: string;
  readonly keys: IdempotencyKeys;
  /** The bytes of an image that a caller named by its URL. */
  readonly fetchImage: (url: string) => Promise<Buffer>;
}

/** What the caller's key stands for, if there is one. */
export async function bindingOf(call: NowCall, parts: NowParts): Promise<KeyBinding | undefined> {
  const { image, request, idempotencyKey: key } = call;
  if (key === undefined) return undefined;
  const requestId = parts.newId();
  const nowMs = parts.now();
  const { id: analysisId } =
    image.kind === 'blob'
      ? analysisOfBlob(await headNamedBlob(image.name, parts), request, { defaults: parts.defaults, nowMs })
      : newAnalysis({ kind: 'http', requestId }, request, nowMs);
  return await bindKey({ key, image, request }, { analysisId, requestId, boundAtMs: nowMs }, parts.keys);
}

/** The analysis that a call is about, claimed where it is there already; or how it has ended. */
export async function workOf(call: ReadyCall, parts: NowParts, kept?: StoredAnalysis): Promise<Work | NowEnd> {
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
  const version = await headNamedBlob(call.image.name, parts);
  const fresh = analysisOfBlob(version, call.request, { defaults: parts.defaults, nowMs });
  const there = await parts.analyses.find(fresh.id);
  if (!there) return { ...common, start: fresh, image: bytesOf(version, parts) };
  const image = bytesOf(version, parts);
  if (isRestartedByCall(there.record)) {
    const again = await parts.analyses.replace(there, restartedByCall(there.record));
    if (again.kind === 'replaced') return await claimed({ ...common, start: again.stored, image }, call, parts);
  }
  if (isFinal(there.record.status)) return await reportExisting(fresh.id, call, parts);
  // What nobody waits for is called by its own message.
  if (call.isAsync) return { kind: 'accepted', record: there.record };
  return await claimed({ ...common, start: there, image }, call, parts);
}

/** What is there already, claimed if its answer is wanted at once. */
async function claimed(
  work: Work & { readonly start: StoredAnalysis },
  call: ReadyCall,
  parts: NowParts,
): Promise<Work | NowEnd> {
  if (call.isAsync) return work;
  const taken = await acquireAnalysis(work.start, parts);
  if (taken.kind !== 'mine') return await reportExisting(work.start.record.id, call, parts);
  return { ...work, start: taken.stored, leaseEnd: taken.leaseEnd };
}

export function recordOf(work: Work): AnalysisRecord {
  return 'record' in work.start ? work.start.record : work.start;
}
