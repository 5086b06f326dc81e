import { reconcileBudget } from './reconcileBudget.ts';
import { type RetentionParts, removeExpired } from './removeExpired.ts';
import { sweepMissed } from './sweepMissed.ts';
import { takeUpLost } from './takeUpLost.ts';
import { takeUpUndelivered } from './takeUpUndelivered.ts';
import { tellStaleCatalogue } from './tellStaleCatalogue.ts';
import { watchBacklog } from './watchBacklog.ts';

/** In the order of their urgency. */
const STEPS = [
  takeUpLost,
  reconcileBudget,
  watchBacklog,
  sweepMissed,
  takeUpUndelivered,
  removeExpired,
  tellStaleCatalogue,
] as const;

/**
 * What the timer does each minute: calls lost work, mends reservations, measures the backlog, queues missed files,
 * removes what has had its time. One that fails does not keep the others from their turn.
 *
 * @throws {AggregateError} with what failed
 */
export async function runTimer(parts: RetentionParts): Promise<void> {
  const failures: Error[] = [];
  for (const step of STEPS) {
    await (step(parts) as Promise<unknown>).catch((error: Error) => failures.push(error));
  }
  const [first, ...more] = failures;
  if (!first) return;
  const others = more.length > 0 ? `, and ${more.length} more` : '';
  throw new AggregateError(failures, `A step of the timer failed: ${first.message}${others}`);
}
