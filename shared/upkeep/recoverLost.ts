import { z } from 'zod';
import type { Capabilities } from '../capabilities.ts';
import { assertNoneLeft, settleInParallel } from '../concurrency/inParallel.ts';
import { leaseOf, type OpenRecord, startOf } from '../records/analysisRecord.ts';
import { resendMessage } from '../records/resendMessage.ts';

/** Where the last scan ended; without it the next one starts at the beginning. */
const LOOKED_AT = { name: 'open-looked-at', schema: z.object({ from: z.string().exactOptional() }) };

/** How late an analysis may be before its message counts as lost, when the queue is empty. */
const LATE_MS = 60_000;

/** A message behind others is not lost: functions process at least twenty messages a second. */
const LATE_PER_MESSAGE_MS = 50;

/** The delay doubles after each wake, up to an hour. */
const MOST_PATIENCE_DOUBLINGS = 6;

/** Limits the work, so that a run ends before the next one starts. The next run continues where this one ended. */
const LOOKED_A_RUN = 2_000;

/**
 * Wakes analyses that should have run and did not, because their message was lost or their worker crashed. Continues
 * after one that cannot be read or woken.
 *
 * @returns how many were woken
 * @throws the storage's error if it is unavailable; else an error that names one that failed, after all others were
 * tried
 */
export async function recoverLost(
  parts: Pick<Capabilities, 'analyses' | 'due' | 'now' | 'progress' | 'signal'>,
): Promise<number> {
  const { from } = (await parts.progress.read(LOOKED_AT)) ?? {};
  const look = await parts.analyses.open({ limit: LOOKED_A_RUN, ...(from !== undefined && { continuation: from }) });
  const lateMs = LATE_MS + LATE_PER_MESSAGE_MS * (await parts.due.length());
  const calls = await settleInParallel(
    look.open.filter(({ record }) => isLost(record, { nowMs: parts.now(), lateMs })),
    (stored) => resendMessage(stored, { atMs: parts.now(), isDeadLetter: false }, parts),
  );
  const { continuation } = look;
  if (from !== undefined || continuation !== undefined) {
    await parts.progress.write(LOOKED_AT, continuation === undefined ? {} : { from: continuation });
  }
  const analyses = calls.results.filter((isCalled) => isCalled).length;
  if (analyses + look.mended > 0) {
    parts.signal({ event: 'sweep.recovered', facts: { analyses, indexRows: look.mended } });
  }
  const uncalled = calls.failed.map(({ item, error }) => ({ item: item.record.id, error }));
  assertNoneLeft('analyses could not be recovered', [...look.failed, ...uncalled]);
  return analyses;
}

function isLost(record: OpenRecord, { nowMs, lateMs }: { readonly nowMs: number; readonly lateMs: number }): boolean {
  const { resent } = record;
  const lease = leaseOf(record);
  if (lease && lease.untilMs >= nowMs) return false;
  if (resent) return resent.atMs + lateMs * 2 ** Math.min(resent.count, MOST_PATIENCE_DOUBLINGS) < nowMs;
  return lease !== undefined || (startOf(record) ?? record.createdAtMs) + lateMs < nowMs;
}
