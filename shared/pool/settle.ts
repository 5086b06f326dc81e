import { afterHints } from './afterHints.ts';
import { afterThrottling } from './afterThrottling.ts';
import { afterAnswer, afterRelease } from './answerStats.ts';
import { chargesAfter, withoutCharge, withoutOld } from './charges.ts';
import { circuitAfter, circuitAfterRelease } from './circuit.ts';
import { judge, signalsOf } from './judge.ts';
import type { Booking, PoolSignal } from './ledger.ts';
import type { Ending } from './outcome.ts';
import { type DeploymentState, type PoolState, stateOf, withState } from './poolState.ts';
import { countedWith } from './quotaScope.ts';

const KEPT_LATENCIES = 50;

/**
 * The pool after a booked request has ended: its charge, what the answer's headers teach, whether the deployment is left
 * alone for a while, and the signals for an operator. A booking that the pool no longer knows still teaches about its deployment.
 */
export function settle(
  pool: PoolState,
  booking: Booking,
  ending: Ending,
): { readonly state: PoolState; readonly signals: readonly PoolSignal[] } {
  const before = stateOf(pool, booking.deployment.name);
  if (before === undefined) return { state: pool, signals: [] };
  const [after = before, ...members] = afterEnding(before, booking, { ...ending, pool });
  const answers = afterAnswer(pool.answers, booking, ending.outcome);
  const judged = judge([after, ...members].reduce(withState, pool), booking, ending);
  return {
    state: { ...judged.state, answers },
    signals: [...signalsOf(booking, ending, { before, after }), ...judged.signals],
  };
}

/** The deployment after an ending, and those that share its quota, which its answer counts too. */
function afterEnding(
  before: DeploymentState,
  booking: Booking,
  ending: Ending & { readonly pool: PoolState },
): readonly DeploymentState[] {
  const { outcome, tookMs, nowMs, pool } = ending;
  const ended = { bookingId: booking.id, outcome, sentMs: nowMs - tookMs };
  const settled: DeploymentState = {
    ...before,
    charges: withoutOld(chargesAfter(before.charges, ended), nowMs),
    circuit: circuitAfter(before.circuit, outcome, { bookingId: booking.id, nowMs }),
  };
  if (outcome.kind === 'throttled') {
    // A lack of capacity is the region's own.
    const members = outcome.over === 'capacity' ? [] : countedWith(settled, pool.states, outcome.hints.limitTokens);
    return afterThrottling(settled, booking, { throttled: outcome, members, nowMs });
  }
  if (outcome.kind !== 'answered' && outcome.kind !== 'filtered') return [settled];
  const members = countedWith(settled, pool.states, outcome.hints.limitTokens);
  const [informed = settled, ...others] = afterHints(settled, booking, { hints: outcome.hints, members, nowMs });
  if (outcome.kind === 'filtered') return [{ ...informed, throttledInARow: 0 }, ...others];
  const latenciesMs = [...informed.latenciesMs, tookMs].slice(-KEPT_LATENCIES);
  return [{ ...informed, throttledInARow: 0, answered: informed.answered + 1, latenciesMs }, ...others];
}

/** The pool with an unused booking's place free again. Releasing twice, or an unknown booking, changes nothing. */
export function release(pool: PoolState, booking: Booking, nowMs: number): PoolState {
  const state = stateOf(pool, booking.deployment.name);
  if (state === undefined) return pool;
  const charges = withoutCharge(state.charges, booking.id);
  const released = withState(pool, {
    ...state,
    charges: withoutOld(charges, nowMs),
    circuit: circuitAfterRelease(state.circuit, { bookingId: booking.id, nowMs }),
  });
  const isKnown = charges.length < state.charges.length;
  return isKnown ? { ...released, answers: afterRelease(pool.answers, booking.answer) } : released;
}
