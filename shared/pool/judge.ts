import { circuitView, cleared, convicted, wordOf } from './circuit.ts';
import type { Booking, PoolSignal } from './ledger.ts';
import { isJudged, type Outcome, type Suspect } from './outcome.ts';
import { type DeploymentState, type PoolState, stateOf, withState } from './poolState.ts';
import { openingSignals } from './signalsOf.ts';

/**
 * What an ending says of those who had refused the same request before. Where this deployment answered it, they are at
 * fault, and their circuits open; where it refused too, or its filter stopped the image, the request is, and they are
 * cleared. A 429, a failure or a refusal of its own says nothing, nor does the refusal of one that is not believed.
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
