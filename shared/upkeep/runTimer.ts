import type { Capabilities } from '../capabilities.ts';
import { reconcileBudget } from './reconcileBudget.ts';
import { recoverLost } from './recoverLost.ts';
import { recoverUndeliveredEvents } from './recoverUndeliveredEvents.ts';
import { type RetentionNeeds, removeExpired } from './removeExpired.ts';
import { assertNoneFailed, runSteps } from './runSteps.ts';
import { signalStaleCatalogue } from './signalStaleCatalogue.ts';
import { sweepMissed } from './sweepMissed.ts';
import { watchBacklog } from './watchBacklog.ts';

/** In the order of their urgency; the names stand in the log when they fail. */
const STEPS = {
  recoverLost,
  reconcileBudget,
  watchBacklog,
  sweepMissed,
  recoverUndeliveredEvents,
  removeExpired,
  signalStaleCatalogue,
};

type TimerNeeds = RetentionNeeds &
  Pick<Capabilities, 'budget' | 'defaults' | 'deployments' | 'due' | 'images' | 'imagesContainer' | 'ledger' | 'usage'>;

/**
 * What the timer does each minute: recovers lost work, reconciles the budget, measures the backlog, queues missed
 * files, removes what has reached its retention. All steps run even if one fails.
 *
 * @throws {AggregateError} that names each step that failed, with its reason
 */
export async function runTimer(parts: TimerNeeds): Promise<void> {
  const steps = Object.entries(STEPS).map(([name, step]) => ({ name, run: () => step(parts) as Promise<unknown> }));
  assertNoneFailed('the timer', await runSteps(steps));
}
