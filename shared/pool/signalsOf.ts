import type { Booking, PoolSignal } from './ledger.ts';
import type { Refused } from './outcome.ts';
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
  const refusal = outcome.kind === 'refused' && outcome.reason !== 'unreachable' ? outcome : undefined;
  return [...signals, ...openingSignals(deployment, { before, after, ...(refusal && { refusal }) })];
}

/** Of a circuit that has just opened. `refusal`: why, where it is one that an operator must see to. */
export function openingSignals(
  deployment: string,
  change: { readonly before: DeploymentState; readonly after: DeploymentState; readonly refusal?: Refused },
): readonly PoolSignal[] {
  const { before, refusal } = change;
  const { circuit } = change.after;
  const isNew = circuit.state === 'open' && before.circuit !== circuit && circuit.openings > before.circuit.openings;
  if (!isNew) return [];
  const untilText = new Date(circuit.untilMs).toISOString();
  const detail = `${deployment} ${circuit.reason}; it is asked again from ${untilText} on.`;
  const opened: PoolSignal = { kind: 'circuit-opened', deployment, detail };
  if (refusal === undefined) return [opened];
  return [opened, { kind: 'misconfigured', deployment, detail, status: refusal.status, code: refusal.code ?? null }];
}
