import type { Capabilities } from '../capabilities.ts';
import { type FileVersion, heldFile } from '../documents/openedFile.ts';
import type { Work } from '../modelCalls/work.ts';
import { analysisOfBlob } from '../records/analysisOfBlob.ts';
import { isFinal, type QueuedRecord } from '../records/analysisRecord.ts';
import { newAnalysis, started } from '../records/analysisSteps.ts';
import { bindKey } from '../records/bindKey.ts';
import type { KeyBinding } from '../records/idempotencyKeys.ts';
import { LEASE_MS } from '../records/lease.ts';
import { isRestartedByCall, restartedByCall } from '../records/restarted.ts';
import type { StoredAnalysis } from '../records/storedAnalysis.ts';
import { headNamedBlob } from '../storage/headNamedBlob.ts';
import { type AcquireNeeds, acquireAnalysis } from './acquireAnalysis.ts';
import { fileOf } from './analyzeUpload.ts';
import { keepBytes } from './inboxBytes.ts';
import type { NowCall, NowEnd, ReadyCall } from './nowCall.ts';
import { reportExisting } from './reportExisting.ts';

/** The binding of the caller's idempotency key, if there is one. */
export async function bindingOf(
  call: NowCall,
  parts: Pick<Capabilities, 'defaults' | 'images' | 'imagesContainer' | 'keys' | 'newId' | 'now'>,
): Promise<KeyBinding | undefined> {
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

/** How a call starts that no earlier analysis has answered. */
export type CallStart =
  | { readonly kind: 'work'; readonly work: Work }
  /** The caller wants only an address: the work goes to the queue. */
  | { readonly kind: 'later'; readonly start: Queued; readonly file: FileVersion }
  | NowEnd;

/** As stored, or new and not stored yet. */
type Queued = StoredAnalysis<QueuedRecord> | QueuedRecord;

/**
 * The analysis of a call: with its lease if the caller waits for the answer, or how it has ended.
 *
 * @param kept the record of an earlier call with the same key
 */
export async function startOfCall(
  call: ReadyCall,
  parts: AcquireNeeds & Pick<Capabilities, 'defaults' | 'documents' | 'imagesContainer' | 'sleep'>,
  kept?: StoredAnalysis<QueuedRecord>,
): Promise<CallStart> {
  const nowMs = parts.now();
  if (call.image.kind === 'bytes') {
    const file = heldFile(call.image.bytes, call.requestId);
    const source = { kind: 'http', requestId: call.requestId } as const;
    return await begin(kept ?? newAnalysis(source, call.request, nowMs), file, call, parts);
  }
  const version = await headNamedBlob(call.image.name, parts);
  const file = fileOf(version, parts);
  const fresh = analysisOfBlob(version, call.request, { defaults: parts.defaults, nowMs });
  const there = await parts.analyses.find(fresh.id);
  if (!there) return await begin(fresh, file, call, parts);
  if (isRestartedByCall(there.record)) {
    const again = await parts.analyses.replace(there, restartedByCall(there.record));
    if (again.kind === 'replaced') return await begin(again.stored, file, call, parts);
  }
  if (isFinal(there.record)) return await reportExisting(fresh.id, call, parts);
  // Its own message wakes it; this caller does not wait.
  if (call.isAsync) return { kind: 'accepted', record: there.record };
  return await acquire(there, file, call, parts);
}

async function begin(
  start: Queued,
  file: FileVersion,
  call: ReadyCall,
  parts: AcquireNeeds & Pick<Capabilities, 'documents' | 'sleep'>,
): Promise<CallStart> {
  if (call.isAsync) return { kind: 'later', start, file };
  if ('record' in start) return await acquire(start, file, call, parts);
  const terms = { holder: parts.newId(), nowMs: start.createdAtMs, leaseMs: LEASE_MS };
  return {
    kind: 'work',
    work: { ...termsOf(call), start: started(start, terms), ...opening(start.id, file, call, parts) },
  };
}

async function acquire(
  stored: StoredAnalysis,
  file: FileVersion,
  call: ReadyCall,
  parts: AcquireNeeds & Pick<Capabilities, 'documents' | 'sleep'>,
): Promise<CallStart> {
  const taken = await acquireAnalysis(stored, parts);
  if (taken.kind !== 'mine') return await reportExisting(stored.record.id, call, parts);
  return {
    kind: 'work',
    work: {
      ...termsOf(call),
      start: taken.stored,
      leaseEnd: taken.leaseEnd,
      ...opening(stored.record.id, file, call, parts),
    },
  };
}

/** The file is opened by the work; bytes of a call are stored if it is a document, for its pages. */
function opening(
  id: string,
  file: FileVersion,
  call: ReadyCall,
  parts: Pick<Capabilities, 'documents' | 'images'>,
): Pick<Work, 'keepFile' | 'open'> {
  return { open: () => parts.documents.open(file), keepFile: () => keepBytes(call, id, parts) };
}

function termsOf(call: ReadyCall): Pick<Work, 'caller' | 'startBeforeMs' | 'keepsPlace'> {
  // A key or a blob identifies a caller that returns after its `Retry-After`.
  const keepsPlace = call.idempotencyKey !== undefined || call.image.kind === 'blob';
  return { caller: 'http', startBeforeMs: call.untilMs, keepsPlace };
}
