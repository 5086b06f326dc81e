import { formatCount } from '../errors.ts';
import { circuitView, cleared, convicted, wordOf } from './circuit.ts';
import type { Booking, PoolSignal } from './ledger.ts';
import { type Ending, isJudged, type Outcome, type Refused, type Suspect } from './outcome.ts';
import { type DeploymentState, type PoolState, stateOf, withState } from './poolState.ts';

/**
 * Judges the deployments that refused the same request before. If this one answered it, they are at fault and their circuits
 * open. If it refused too, or its filter stopped the image, the request is at fault and they are cleared. A 429, a failure,
 * a refusal for its own reasons and a refusal that does not count decide nothing.
 */
export function judge(
  pool: PoolState,
  booking: Booking,
  { outcome, nowMs }: { readonly outcome: Outcome; readonly nowMs: number },
): { readonly state: PoolState; readonly signals: readonly PoolSignal[] } {
  const verdict = verdictOf(outcome, pool, booking);
  let state = pool;
  const signals: PoolSignal[] = [];
  for (const suspect of verdict === undefined ? [] : (booking.suspects ?? [])) {
    const before = stateOf(state, suspect.deployment);
    if (before === undefined || suspect.deployment === booking.deployment.name) continue;
    const after = { ...before, circuit: circuitFor(before, suspect, { verdict, nowMs }) };
    state = withState(state, after);
    signals.push(...openingSignals(suspect.deployment, { before, after, refusal: suspect.refusal }));
  }
  return { state, signals };
}

type Verdict = 'at-fault' | 'cleared' | undefined;

function verdictOf(outcome: Outcome, pool: PoolState, booking: Booking): Verdict {
  if (outcome.kind === 'answered') return 'at-fault';
  if (outcome.kind === 'filtered') return outcome.on === 'answer' ? 'at-fault' : 'cleared';
  if (outcome.kind !== 'refused' || !isJudged(outcome)) return undefined;
  const by = stateOf(pool, booking.deployment.name);
  const word = by && wordOf(outcome, { ...by, circuit: circuitView(by.circuit) });
  return word === 'believed' ? 'cleared' : undefined;
}

function circuitFor(
  { circuit }: DeploymentState,
  { refusal }: Suspect,
  at: { readonly verdict: Verdict; readonly nowMs: number },
): DeploymentState['circuit'] {
  if (at.verdict === 'cleared') return cleared(circuit);
  return circuit.state === 'closed' ? convicted(circuit, refusal, at.nowMs) : circuit;
}

/** The signals of an ending for an operator, as sentences with their values. */
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
    const detail = `${deployment} refused a request over ${over}; it is left alone for ${formatCount(waitMs)} ms.`;
    signals.push({ kind: 'throttled', deployment, detail });
  }
  if (outcome.kind === 'ambiguous') {
    const detail = `${deployment} may have worked on a request without a usable answer (${outcome.reason}).`;
    signals.push({ kind: 'ambiguous', deployment, detail });
  }
  const refusal = outcome.kind === 'refused' && outcome.reason !== 'unreachable' ? outcome : undefined;
  return [...signals, ...openingSignals(deployment, { before, after, ...(refusal && { refusal }) })];
}

/** The signals of a circuit that has just opened. `refusal`: present if an operator must act on it. */
function openingSignals(
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
