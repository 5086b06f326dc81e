import { z } from 'zod';
import { type Backlog, readBacklog } from '../backlog/backlog.ts';
import { LAST_LOOK } from '../backlog/currentBacklog.ts';
import type { Capabilities } from '../capabilities.ts';
import { awaitsPages } from '../records/analysisRecord.ts';
import { type OldestOpen, readOldestOpen } from '../records/oldestOpen.ts';
import { recordBacklog, recordUtilisation } from '../signals/instruments.ts';
import { assertNoneFailed, runSteps } from './runSteps.ts';
import { wakeWaiting } from './wakeWaiting.ts';

/** Since when nothing has moved, and the state of the backlog then. */
const stillnessSchema = z.object({ sinceMs: z.number(), oldestWaitingSinceMs: z.number().nullable() });

type Stillness = Readonly<z.infer<typeof stillnessSchema>>;

/** Null while work gets done. */
const STILLNESS = { name: 'stillness', schema: stillnessSchema.nullable() };

/** After this time without progress a backlog is stuck. */
const STALLED_AFTER_MS = 15 * 60_000;

/** How many recent answers are checked for their age. */
const SAMPLED = 200;

const LATELY_MS = 5 * 60_000;

/**
 * Measures what waits and how full the pool is, signals when work waits and none gets done, and wakes work that can
 * start sooner.
 *
 * @throws {AggregateError} that names the parts that failed; every part runs
 */
export async function watchBacklog(
  parts: Pick<Capabilities, 'analyses' | 'budget' | 'due' | 'ledger' | 'now' | 'progress' | 'signal' | 'usage'>,
): Promise<void> {
  const nowMs = parts.now();
  const [open, pool] = await Promise.all([readOldestOpen(parts), parts.ledger.view()]);
  const measure = async (): Promise<void> => {
    const backlog = await readBacklog(parts, { open, pool });
    recordBacklog({ waiting: backlog.waiting, oldestAgeSeconds: oldestAgeMs(backlog, nowMs) / 1000 });
    for (const { deployment, bookedTokens } of pool) {
      recordUtilisation(deployment.name, Math.min(1, bookedTokens / deployment.tokensPerMinute));
    }
    await parts.progress.write(LAST_LOOK, { atMs: nowMs, backlog });
    await reportStall(backlog, open, parts);
  };
  const failures = await runSteps([
    { name: 'measure', run: measure },
    { name: 'wakeWaiting', run: () => wakeWaiting(open, pool, parts) },
  ]);
  assertNoneFailed('the look at the backlog', failures);
}

async function reportStall(
  backlog: Backlog,
  open: OldestOpen,
  parts: Pick<Capabilities, 'analyses' | 'now' | 'progress' | 'signal' | 'usage'>,
): Promise<void> {
  const nowMs = parts.now();
  const before = await parts.progress.read(STILLNESS);
  const now = await stillnessOf(backlog, { before: before ?? null, open }, parts);
  if (now || before) await parts.progress.write(STILLNESS, now);
  if (!now || nowMs - now.sinceMs < STALLED_AFTER_MS) return;
  const facts = {
    waiting: backlog.waiting,
    oldestAgeSeconds: Math.round(oldestAgeMs(backlog, nowMs) / 1000),
    stillForSeconds: Math.round((nowMs - now.sinceMs) / 1000),
    reason: backlog.pausedReason ?? null,
  };
  parts.signal({ event: 'backlog.stalled', facts });
}

function oldestAgeMs({ oldestWaitingSinceMs }: Backlog, nowMs: number): number {
  return oldestWaitingSinceMs === null ? 0 : nowMs - oldestWaitingSinceMs;
}

/** Null where nothing waits, or everything waits for the budget. Starts again when the backlog has moved. */
async function stillnessOf(
  { waiting, oldestWaitingSinceMs }: Backlog,
  { before, open }: { readonly before: Stillness | null; readonly open: OldestOpen },
  parts: Pick<Capabilities, 'analyses' | 'now' | 'usage'>,
): Promise<Stillness | null> {
  if (waiting === 0) return null;
  if (
    open.read.length > 0 &&
    open.read.every(
      ({ record }) => awaitsPages(record) || (record.status === 'waiting' && record.waitingFor === 'budget'),
    )
  )
    return null;
  const isStill = before?.oldestWaitingSinceMs === oldestWaitingSinceMs && !(await hasAnswered(before, parts));
  return isStill ? before : { sinceMs: parts.now(), oldestWaitingSinceMs };
}

/**
 * Whether work that already waited then has been answered since. Later arrivals, such as HTTP calls, can start even
 * while the backlog is stuck.
 */
async function hasAnswered(
  { sinceMs }: Stillness,
  parts: Pick<Capabilities, 'analyses' | 'now' | 'usage'>,
): Promise<boolean> {
  const nowMs = parts.now();
  let looked = 0;
  for await (const { analysisId } of parts.usage.between(Math.max(sinceMs, nowMs - LATELY_MS), nowMs)) {
    const stored = await parts.analyses.find(analysisId);
    if (stored && stored.record.createdAtMs <= sinceMs) return true;
    looked += 1;
    if (looked >= SAMPLED) return false;
  }
  return false;
}
