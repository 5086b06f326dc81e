/** The shortest wait of a queue listener that found nothing (QueuePollingIntervals.Minimum). */
const LEAST_MS = 100;

/**
 * How long a queue listener waits after its `emptyPolls`-th empty answer in a row: doubling from 100 ms, by a fifth more or
 * less, up to `maxPollingInterval` (azure-webjobs-sdk, RandomizedExponentialBackoffStrategy).
 *
 * @param chance from 0 to 1; 0.5 is the middle.
 */
export function pollingDelayMs(emptyPolls: number, mostMs: number, chance: number): number {
  if (emptyPolls <= 1) return Math.min(LEAST_MS, mostMs);
  const grownMs = LEAST_MS + (0.8 + 0.4 * chance) * LEAST_MS * 2 ** Math.min(emptyPolls - 2, 30);
  return Math.min(grownMs, mostMs);
}
