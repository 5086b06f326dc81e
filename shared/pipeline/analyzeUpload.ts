import type { Capabilities } from '../capabilities.ts';
import type { FileVersion } from '../documents/openedFile.ts';
import { GivenUp } from '../errors.ts';
import { analysisOfUpload } from '../records/analysisOfBlob.ts';
import { awaitsPages, type FinalRecord, startOf, type WaitingRecord } from '../records/analysisRecord.ts';
import { postponed, started, withWarning } from '../records/analysisSteps.ts';
import { insertRefused } from '../records/insertRefused.ts';
import { cancelLeaseEnd, LEASE_MS, scheduleLeaseEnd } from '../records/lease.ts';
import { unlessTaken } from '../records/recordKeeper.ts';
import { signalEnd } from '../records/signalEnd.ts';
import type { StoredAnalysis } from '../records/storedAnalysis.ts';
import { endGone } from '../results/endGone.ts';
import { endOrDeliver } from '../results/endOrDeliver.ts';
import type { BlobPlace, BlobVersion } from '../storage/imageStore.ts';
import { StorageRefused } from '../storage/storageRefused.ts';
import { type Acquired, type AcquireNeeds, acquireAnalysis } from './acquireAnalysis.ts';
import { type AnalyzeImageNeeds, analyzeImage, type WorkEnd } from './analyzeImage.ts';

/** What the analysis of a dropped file uses. */
export type UploadNeeds = AnalyzeImageNeeds & Pick<Capabilities, 'defaults' | 'documents' | 'inlineWaitMs' | 'newId'>;

/** A blob that changes this often is still being written. Its next event starts it again. */
const MOST_VERSIONS = 5;

/** After an outage of this length the analysis fails. */
const LONGEST_OUTAGE_MS = 7 * 24 * 3_600_000;

/**
 * Analyses a dropped file, once for each version and request, however often and in whatever order its events come. A
 * bad image ends as a record. Only errors that a retry of the event may cure are thrown.
 */
export async function analyzeUpload(place: BlobPlace, parts: UploadNeeds): Promise<void> {
  for (let tries = 0; tries < MOST_VERSIONS; tries++) {
    const version = await parts.images.head(place);
    if (!version) return;
    const accepted = await accept(version, parts);
    if (!accepted) return;
    const end = await analyzeImage(
      {
        start: accepted.stored,
        leaseEnd: accepted.leaseEnd,
        open: () => parts.documents.open(fileOf(version, parts)),
        caller: 'backlog',
        startBeforeMs: parts.now() + parts.inlineWaitMs,
      },
      parts,
    );
    if (end.kind === 'notPlaced') await unlessTaken(() => postponeWork(end, parts));
    if (end.kind !== 'changed') return;
    // The newer version is analysed. This one leaves no record, unless an earlier try may have cost something.
    const { keeper } = end;
    const isFree = keeper.current().attempts.length === 0;
    await unlessTaken(() => (isFree ? keeper.remove() : endGone(keeper, parts)));
  }
  throw new Error(`${place.container}/${place.name} changed ${MOST_VERSIONS} times while it was read.`);
}

/** A blob's bytes, read only while it has this version. */
export function fileOf(version: BlobVersion, parts: Pick<Capabilities, 'images'>): FileVersion {
  return {
    key: `${version.container}/${version.name} ${version.etag}`,
    totalBytes: version.bytes,
    read: (offset, count) => parts.images.read(version, { offset, count }),
    all: () => parts.images.read(version),
  };
}

/**
 * Records when work without a start is to be tried again, and sends a message that wakes it. Work that has waited too
 * long for the end of an outage fails.
 *
 * @throws {RecordTaken} when another worker has the record
 */
export async function postponeWork(
  end: Extract<WorkEnd, { kind: 'notPlaced' }>,
  parts: Pick<Capabilities, 'due' | 'images' | 'now' | 'results' | 'signal'>,
): Promise<FinalRecord | WaitingRecord> {
  const { keeper, cause, startsAtMs, refusal } = end;
  const nowMs = parts.now();
  if (refusal) keeper.note(withWarning(keeper.current(), { code: 'storage-refused', detail: refusal.detail }));
  const record = postponed(keeper.current(), cause, { startsAtMs, nowMs });
  if (record.waitingFor === 'outage' && nowMs - record.outageSinceMs >= LONGEST_OUTAGE_MS) {
    const { record: ended } = await endOrDeliver(keeper.current(), outlasted(end), parts);
    await keeper.end(ended);
    signalEnd(ended, parts);
    return ended;
  }
  await keeper.end(record);
  await parts.due.send(record.id, startsAtMs);
  return record;
}

function outlasted({ refusal, detail }: Extract<WorkEnd, { kind: 'notPlaced' }>): GivenUp | StorageRefused {
  if (!refusal) return new GivenUp('pool-down', `No deployment has answered for seven days. ${detail}`);
  return new StorageRefused(refusal.scope, `The storage has refused it for seven days. ${detail}`, { cause: refusal });
}

/** The record of this version and request with its lease; undefined when it has ended or another worker holds it. */
async function accept(
  version: BlobVersion,
  parts: AcquireNeeds & Pick<Capabilities, 'defaults' | 'inlineWaitMs'>,
): Promise<Acquired | undefined> {
  const nowMs = parts.now();
  const { fresh, problem } = analysisOfUpload(version, { defaults: parts.defaults, nowMs });
  if (problem) {
    await insertRefused(fresh, problem, parts);
    return undefined;
  }
  const leaseEnd = scheduleLeaseEnd(fresh.id, nowMs + LEASE_MS, parts);
  const kept = await parts.analyses.insert(started(fresh, { holder: parts.newId(), nowMs, leaseMs: LEASE_MS }));
  if (kept.kind === 'inserted') return { stored: kept.stored, leaseEnd };
  cancelLeaseEnd(leaseEnd, parts);
  return acquireWhenDue(kept.stored, parts);
}

/** Takes the lease of an existing record; undefined when it has ended, is leased or waits for its start. */
export async function acquireWhenDue(
  stored: StoredAnalysis,
  parts: AcquireNeeds & Pick<Capabilities, 'inlineWaitMs'>,
): Promise<Acquired | undefined> {
  if (!awaitsPages(stored.record) && (startOf(stored.record) ?? 0) > parts.now() + parts.inlineWaitMs) return undefined;
  const taken = await acquireAnalysis(stored, parts);
  return taken.kind === 'mine' ? taken : undefined;
}
