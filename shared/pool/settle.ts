import { withAnswer } from './admissionFactor.ts';
import { afterThrottling, loweredLimitAfter } from './afterThrottling.ts';
import { afterAnswer, afterRelease } from './answerStats.ts';
import { chargesAfter, withoutCharge, withoutOld } from './charges.ts';
import { circuitAfter, circuitAfterRelease } from './circuit.ts';
import { countOf, countsMove } from './countsMove.ts';
import { judge, signalsOf } from './judge.ts';
import { learnCharges } from './learnCharges.ts';
import type { Booking, PoolSignal } from './ledger.ts';
import type { Ending, LimitHints } from './outcome.ts';
import { type DeploymentState, type PoolState, stateOf, withState } from './poolState.ts';

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
  const after = afterEnding(before, booking, ending);
  const answers = afterAnswer(pool.answers, booking, ending.outcome);
  const judged = judge(withState(pool, after), booking, ending);
  return {
    state: { ...judged.state, answers },
    signals: [...signalsOf(booking, ending, { before, after }), ...judged.signals],
  };
}

function afterEnding(before: DeploymentState, booking: Booking, ending: Ending): DeploymentState {
  const { outcome, tookMs, nowMs } = ending;
  const ended = { bookingId: booking.id, outcome, sentMs: nowMs - tookMs };
  const settled: DeploymentState = {
    ...before,
    charges: withoutOld(chargesAfter(before.charges, ended), nowMs),
    circuit: circuitAfter(before.circuit, outcome, { bookingId: booking.id, nowMs }),
  };
  if (outcome.kind === 'answered' || outcome.kind === 'filtered') {
    const informed = afterHints(settled, booking, { hints: outcome.hints, nowMs });
    if (outcome.kind === 'filtered') return { ...informed, throttledInARow: 0 };
    const latenciesMs = [...informed.latenciesMs, tookMs].slice(-KEPT_LATENCIES);
    return { ...informed, throttledInARow: 0, answered: informed.answered + 1, latenciesMs };
  }
  return outcome.kind === 'throttled' ? afterThrottling(settled, booking, { throttled: outcome, nowMs }) : settled;
}

function afterHints(
  state: DeploymentState,
  booking: Booking,
  answer: { readonly hints: LimitHints; readonly nowMs: number },
): DeploymentState {
  const { tokensPerMinute } = booking.deployment;
  const limitTokens = answer.hints.limitTokens ?? tokensPerMinute;
  // What remains of one limit and of another cannot be subtracted: a limit that moves while the rest stands still is no charge.
  const isSameLimit = state.limitTokens === undefined || state.limitTokens === limitTokens;
  const countedTokens = isSameLimit ? countOf(answer.hints, tokensPerMinute) : null;
  const spareTokens = Math.max(0, limitTokens - tokensPerMinute);
  const learned =
    countedTokens === null
      ? { factor: withAnswer(state.factor, { ratios: [], level: null }) }
      : learnCharges(state, { bookingId: booking.id, countedTokens, spareTokens });
  const limit = { limitTokens: answer.hints.limitTokens, tokensPerMinute, nowMs: answer.nowMs };
  const lowered = loweredLimitAfter(state.lowered, { ...limit, isBelieved: countsMove(learned.factor.ratios) });
  return { ...state, limitTokens, lowered, ...learned };
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
