import { inParallel } from './analyses/inParallel.ts';
import type { ProgressStore } from './analyses/progressStore.ts';
import type { NowParts } from './analyzeNow.ts';
import { queueVersion } from './queueBlobs.ts';

export interface TimerParts extends NowParts {
  readonly progress: ProgressStore;
}

/** How far the round through the container has come. */
interface Round {
  readonly startedAtMs: number;
  /** Files that were written before were looked at by an earlier round, or are older than the installation. */
  readonly onlySinceMs: number;
  readonly continuation?: string;
}

/** An event is on its way for so long before it counts as missed. */
const EVENT_LATE_MS = 120_000;

/** Clocks of storage and app may differ by so much; what was written then is looked at twice. */
const OVERLAP_MS = 600_000;

/** A round begins this long after the one before it began. */
const ROUND_MS = 15 * 60_000;

const PAGE_BLOBS = 5_000;

/**
 * Queues files that no event has told of: one page of the container a run, on through it from run to run, so that a kill
 * loses at most one page's progress. Only files that were written since the installation first started.
 *
 * @returns how many were missed
 */
export async function sweepMissed(parts: TimerParts): Promise<number> {
  const nowMs = parts.now();
  const firstStartMs = await parts.progress.readOrKeep('first-start', nowMs);
  const last = await parts.progress.read<Round>('sweep');
  const round = roundAt(nowMs, last, firstStartMs);
  if (!round) return 0;
  const { versions, continuation } = await parts.images.list({
    container: parts.imagesContainer,
    limit: PAGE_BLOBS,
    ...(round.continuation && { continuation: round.continuation }),
  });
  const due = versions.filter(
    ({ modifiedMs }) => modifiedMs >= round.onlySinceMs && modifiedMs < nowMs - EVENT_LATE_MS,
  );
  const outcomes = await inParallel(due, (version) => queueVersion(version, { isDryRun: false }, parts));
  const missed = outcomes.filter((outcome) => outcome === 'queued').length;
  const { startedAtMs, onlySinceMs } = round;
  const next: Round = continuation
    ? { startedAtMs, onlySinceMs, continuation }
    : { startedAtMs, onlySinceMs: Math.max(onlySinceMs, startedAtMs - OVERLAP_MS) };
  await parts.progress.write('sweep', next);
  if (missed > 0) parts.signal({ event: 'sweep.recovered', facts: { missedEvents: missed } });
  return missed;
}

/** The round to go on with, or a new one when its time has come; the storage tells times in whole seconds. */
function roundAt(nowMs: number, last: Round | undefined, firstStartMs: number): Round | undefined {
  if (!last) return { startedAtMs: nowMs, onlySinceMs: Math.floor(firstStartMs / 1000) * 1000 };
  if (last.continuation) return last;
  return nowMs - last.startedAtMs < ROUND_MS ? undefined : { startedAtMs: nowMs, onlySinceMs: last.onlySinceMs };
}
