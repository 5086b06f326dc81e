import { type AnalysisRecord, startOf } from '../records/analysisRecord.ts';

/** What is under way or about to start is looked at again after this. */
const SOON_MS = 2_000;
/** A start may come sooner than it was expected, so nobody is sent away for longer. */
const LONGEST_POLL_MS = 300_000;

/**
 * The headers that say when to come again. `Retry-After` has whole seconds (RFC 9110), rounded up; `retry-after-ms` the
 * exact time, which the clients of OpenAI and of Azure read first.
 *
 * @example
 * retryAfter(2_100) // { 'retry-after': '3', 'retry-after-ms': '2100' }
 */
export function retryAfter(waitMs: number): Readonly<Record<'retry-after' | 'retry-after-ms', string>> {
  const ms = Math.max(1, Math.ceil(waitMs));
  return { 'retry-after': String(Math.ceil(ms / 1000)), 'retry-after-ms': String(ms) };
}

/** When to look at an analysis again that has not ended: at its expected start, or soon. */
export function pollAfter(record: AnalysisRecord, nowMs: number): ReturnType<typeof retryAfter> {
  return retryAfter(Math.min(LONGEST_POLL_MS, Math.max(SOON_MS, (startOf(record) ?? 0) - nowMs)));
}
