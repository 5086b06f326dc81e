import { reconcileBudget } from './reconcileBudget.ts';
import { sweepMissed, type TimerParts } from './sweepMissed.ts';
import { takeUpLost } from './takeUpLost.ts';
import { takeUpUndelivered } from './takeUpUndelivered.ts';

/**
 * What the timer does each minute: calls lost work, queues missed files, mends reservations. One that fails does not
 * keep the others from their turn.
 *
 * @throws {AggregateError} with what failed
 */
export async function runTimer(parts: TimerParts): Promise<void> {
  const failures: unknown[] = [];
  for (const step of [takeUpLost, takeUpUndelivered, sweepMissed, reconcileBudget]) {
    await step(parts).catch((error: unknown) => failures.push(error));
  }
  if (failures.length > 0) throw new AggregateError(failures, `${failures.length} steps of the timer failed.`);
}
