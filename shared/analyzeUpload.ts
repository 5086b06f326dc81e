import type { AnalysisRecord } from './analyses/analysisRecord.ts';
import type { AnalysisRequest } from './analyses/analysisRequest.ts';
import { claim, endedBy, newAnalysis, putOff } from './analyses/analysisSteps.ts';
import type { StoredAnalysis } from './analyses/analysisStore.ts';
import { LEASE_MS } from './analyses/askDeployment.ts';
import type { DueQueue } from './analyses/dueQueue.ts';
import { type BlobPlace, type BlobVersion, bytesGone } from './analyses/imageStore.ts';
import type { ImageBytes } from './analyses/lookAtImage.ts';
import { type RequestDefaults, resolveRequest } from './analyses/resolveRequest.ts';
import type { StoryParts } from './analyses/storyParts.ts';
import { uploadOptions } from './analyses/uploadOptions.ts';
import { analyzeImage, type WorkEnd } from './analyzeImage.ts';
import { type AppError, InvalidRequest } from './errors.ts';

/** What work that can be put off needs besides the story. */
export interface BacklogParts extends StoryParts {
  readonly due: DueQueue;
  readonly defaults: RequestDefaults;
  /** How long a function waits for its start before it hands over to the queue. */
  readonly inlineWaitMs: number;
}

/** A blob that changes under our hands this often is being written over and over; its next event brings it back. */
const MOST_VERSIONS = 5;

/**
 * Analyses a dropped file, once for each version and request, however often and in whatever order its events come.
 * A bad image ends as a record; only what a retry of the event may cure is thrown.
 */
export async function analyzeUpload(place: BlobPlace, parts: BacklogParts): Promise<void> {
  for (let tries = 0; tries < MOST_VERSIONS; tries++) {
    const version = await parts.images.head(place);
    if (!version) return;
    const accepted = await accept(version, parts);
    if (!accepted) return;
    const end = await analyzeImage(
      {
        start: accepted,
        image: bytesOf(version, parts),
        caller: 'backlog',
        startBeforeMs: parts.now() + parts.inlineWaitMs,
      },
      parts,
    );
    if (end.kind === 'notPlaced') await putOffUnplaced(end, parts);
    if (end.kind !== 'changed') return;
    // The newer version is taken. This one leaves no trace, unless an earlier try may have cost something.
    const record = end.keeper.current();
    if (record.attempts.length === 0) await parts.analyses.remove(record);
    else await end.keeper.save(endedBy(record, bytesGone(record), parts.now()));
  }
  throw new Error(`${place.container}/${place.name} changed ${MOST_VERSIONS} times while it was read.`);
}

/** The image's bytes, read from the storage on condition of its version. */
export function bytesOf(version: BlobVersion, parts: StoryParts): ImageBytes {
  return {
    totalBytes: version.bytes,
    head: (count) => parts.images.read(version, { offset: 0, count }),
    all: () => parts.images.read(version),
  };
}

/** Writes down when work that found no place is to be taken up, and has it called then. */
export async function putOffUnplaced(
  end: Extract<WorkEnd, { kind: 'notPlaced' }>,
  parts: BacklogParts,
): Promise<AnalysisRecord> {
  const { keeper, waitingFor, startsAtMs } = end;
  const record = putOff(keeper.current(), { waitingFor, startsAtMs });
  await keeper.save(record);
  await parts.due.send(record.id, startsAtMs);
  return record;
}

/** A record of this version and request that is ours to work on; undefined when it is done or in other hands. */
async function accept(version: BlobVersion, parts: BacklogParts): Promise<StoredAnalysis | undefined> {
  const nowMs = parts.now();
  const source = {
    kind: 'blob',
    container: version.container,
    name: version.name,
    etag: version.etag,
    modifiedMs: version.modifiedMs,
  } as const;
  const asked = requestOf(version, parts.defaults);
  const fresh = newAnalysis(source, asked.request, nowMs);
  if (asked.problem) {
    await parts.analyses.insert(endedBy(fresh, asked.problem, nowMs));
    return undefined;
  }
  const terms = { holder: parts.newId(), nowMs, leaseMs: LEASE_MS };
  const claimed = claim(fresh, terms);
  const kept = await parts.analyses.insert(claimed.kind === 'claimed' ? claimed.record : fresh);
  if (kept.kind === 'inserted') return kept.stored;
  return takeUp(kept.stored, parts);
}

/** Claims a record that is there already; undefined when it is final, held, waits for its time, or was just taken. */
export async function takeUp(stored: StoredAnalysis, parts: BacklogParts): Promise<StoredAnalysis | undefined> {
  const nowMs = parts.now();
  if (stored.record.status === 'waiting' && (stored.record.startsAtMs ?? 0) > nowMs + parts.inlineWaitMs)
    return undefined;
  const claimed = claim(stored.record, { holder: parts.newId(), nowMs, leaseMs: LEASE_MS });
  if (claimed.kind !== 'claimed') return undefined;
  const written = await parts.analyses.replace(stored, claimed.record);
  return written.kind === 'replaced' ? written.stored : undefined;
}

function requestOf(
  version: BlobVersion,
  defaults: RequestDefaults,
): { readonly request: AnalysisRequest; readonly problem?: AppError } {
  try {
    return { request: resolveRequest(uploadOptions(version.name, version.metadata), defaults) };
  } catch (error) {
    if (!(error instanceof InvalidRequest)) throw error;
    return { request: resolveRequest({}, defaults), problem: error };
  }
}
