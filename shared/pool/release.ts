import { afterRelease } from './answerStats.ts';
import { withoutCharge, withoutOld } from './charges.ts';
import { circuitAfterRelease } from './circuit.ts';
import type { Booking } from './ledger.ts';
import { type PoolState, stateOf, withState } from './poolState.ts';

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
