import type { Booking, PoolSignal } from './ledger.ts';
import type { DeploymentState } from './poolState.ts';
import type { Ending } from './settle.ts';

/** What an operator should hear of an ending, as sentences with their values. */
export function signalsOf(
  booking: Booking,
  { outcome, nowMs }: Ending,
  { before, after }: { readonly before: DeploymentState; readonly after: DeploymentState },
): readonly PoolSignal[] {
  const deployment = booking.deployment.name;
  const signals: PoolSignal[] = [];
  if (outcome.kind === 'throttled') {
    const over = { quota: 'its quota', capacity: 'its capacity', unknown: 'a limit' }[outcome.over];
    const waitMs = Math.round(after.blockedUntilMs - nowMs);
    const detail = `${deployment} refused a request over ${over}; it is left alone for ${waitMs.toLocaleString('en')} ms.`;
    signals.push({ kind: 'throttled', deployment, detail });
  }
  if (outcome.kind === 'ambiguous') {
    const detail = `${deployment} may have worked on a request without a usable answer (${outcome.reason}).`;
    signals.push({ kind: 'ambiguous', deployment, detail });
  }
  if (
    after.circuit.state === 'open' &&
    before.circuit !== after.circuit &&
    after.circuit.openings > openingsOf(before)
  ) {
    const untilText = new Date(after.circuit.untilMs).toISOString();
    const detail = `${deployment} ${after.circuit.reason}; it is asked again from ${untilText} on.`;
    signals.push({ kind: 'circuit-opened', deployment, detail });
  }
  return signals;
}

function openingsOf(state: DeploymentState): number {
  return state.circuit.openings;
}
