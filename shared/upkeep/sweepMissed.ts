import { z } from 'zod';
import type { Capabilities } from '../capabilities.ts';
import { inParallel } from '../concurrency/inParallel.ts';
import { queueVersion } from '../pipeline/queueBlobs.ts';
import { readRoundPage } from '../storage/roundPage.ts';

/** When the installation first started. */
const FIRST_START = { name: 'first-start', schema: z.number() };

/** An event counts as missed after this time. */
const EVENT_LATE_MS = 120_000;

const ROUND_MS = 15 * 60_000;

/**
 * Queues files whose event was lost, if they were written after the installation first started. Each run reads one
 * page of the container, so a killed run loses at most one page of progress.
 *
 * @returns how many were missed
 */
export async function sweepMissed(
  parts: Pick<
    Capabilities,
    'analyses' | 'defaults' | 'due' | 'images' | 'imagesContainer' | 'now' | 'progress' | 'signal'
  >,
): Promise<number> {
  const nowMs = parts.now();
  const onlySinceMs = await parts.progress.readOrKeep(FIRST_START, nowMs);
  const rounds = { name: 'sweep', container: parts.imagesContainer, everyMs: ROUND_MS, onlySinceMs };
  const page = await readRoundPage(rounds, parts);
  if (!page) return 0;
  const due = page.versions.filter(({ modifiedMs }) => modifiedMs < nowMs - EVENT_LATE_MS);
  const outcomes = await inParallel(due, (version) => queueVersion(version, { isDryRun: false }, parts));
  const missed = outcomes.filter((outcome) => outcome === 'queued').length;
  await page.finish();
  if (missed > 0) parts.signal({ event: 'sweep.recovered', facts: { missedEvents: missed } });
  return missed;
}
