import { cleared, convicted } from './circuit.ts';
import type { Booking, PoolSignal } from './ledger.ts';
import type { Outcome, Suspect } from './outcome.ts';
import { type DeploymentState, type PoolState, withState } from './poolState.ts';
import { openingSignals } from './signalsOf.ts';

/**
 * What an ending says of those who had refused the same request before. Where this deployment answered it, they are at
 * fault, and their circuits open; where it refused too, or its filter stopped the image, the request is, and they are
 * cleared. A 429, a failure or a refusal of its own says nothing.
 */
export function judge(
  pool: PoolState,
  booking: Booking,
  { outcome, nowMs }: { readonly outcome: Outcome; readonly nowMs: number },
): { readonly state: PoolState; readonly signals: readonly PoolSignal[] } {
  const verdict = verdictOf(outcome);
  let state = pool;
  const signals: PoolSignal[] = [];
  for (const suspect of verdict === undefined ? [] : (booking.suspects ?? [])) {
    const index = pool.deployments.findIndex(({ name }) => name === suspect.deployment);
    const before = state.states[index];
    if (before === undefined || suspect.deployment === booking.deployment.name) continue;
    const after = { ...before, circuit: circuitFor(before, suspect, { verdict, nowMs }) };
    state = withState(state, index, after);
    signals.push(...openingSignals(suspect.deployment, { before, after, refusal: suspect.refusal }));
  }
  return { state, signals };
}

type Verdict = 'at-fault' | 'cleared' | undefined;

function verdictOf(outcome: Outcome): Verdict {
  if (outcome.kind === 'answered') return 'at-fault';
  if (outcome.kind === 'filtered') return outcome.on === 'answer' ? 'at-fault' : 'cleared';
  const agrees = outcome.kind === 'refused' && ['bad-request', 'bad-image', 'unclear'].includes(outcome.reason);
  return agrees ? 'cleared' : undefined;
}

function circuitFor(
  { circuit }: DeploymentState,
  { refusal }: Suspect,
  at: { readonly verdict: Verdict; readonly nowMs: number },
): DeploymentState['circuit'] {
  if (at.verdict === 'cleared') return cleared(circuit);
  return circuit.state === 'closed' ? convicted(circuit, refusal, at.nowMs) : circuit;
}
