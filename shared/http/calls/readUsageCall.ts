import { z } from 'zod';
import { formatCount, InvalidRequest } from '../../errors.ts';
import { USAGE_KEYS, type UsageKey } from '../../money/rollUpUsage.ts';

const DAY_MS = 86_400_000;

/** Usage is kept for 400 days. */
const MOST_DAYS = 400;

const day = z.iso.date('must be a day such as 2026-11-23');

/** The query of GET /usage. */
export const usageQuerySchema = z.strictObject({
  from: day.optional().describe("First day, UTC; without it the first of today's month."),
  to: day.optional().describe('Last day, UTC, included; without it today.'),
  by: z
    .enum(USAGE_KEYS, { error: `must be one of ${USAGE_KEYS.join(', ')}` })
    .default('day')
    .describe('How the sums are grouped.'),
});

interface UsageCall {
  readonly by: UsageKey;
  /** Epoch milliseconds. */
  readonly fromMs: number;
  readonly untilMs: number;
}

/** The days that the query names, as a time. @throws {InvalidRequest} for none, and for too many */
export function readUsageCall({ from, to, by }: z.output<typeof usageQuerySchema>, nowMs: number): UsageCall {
  const today = new Date(nowMs).toISOString().slice(0, 10);
  const fromMs = Date.parse(from ?? `${today.slice(0, 8)}01`);
  const untilMs = Date.parse(to ?? today) + DAY_MS;
  const days = (untilMs - fromMs) / DAY_MS;
  const first = from ?? 'the first of this month';
  const last = to ?? 'today';
  if (days < 1) throw new InvalidRequest([{ path: 'from', message: `from (${first}) is after to (${last}).` }]);
  if (days > MOST_DAYS) {
    const message = `${formatCount(days)} days lie from ${first} to ${last}; the limit of one call is ${MOST_DAYS}.`;
    throw new InvalidRequest([{ path: 'from', message }]);
  }
  return { by, fromMs, untilMs };
}
