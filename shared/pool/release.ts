import { withoutCharge, withoutOld } from './charges.ts';
import { circuitAfterRelease } from './circuit.ts';
import type { Booking } from './ledger.ts';
import { type PoolState, withState } from './poolState.ts';

/** The pool with an unused booking's place free again. Releasing twice, or an unknown booking, changes nothing. */
export function release(pool: PoolState, booking: Booking, nowMs: number): PoolState {
  const index = pool.deployments.findIndex(({ name }) => name === booking.deployment.name);
  const state = pool.states[index];
  if (state === undefined) return pool;
  return withState(pool, index, {
    ...state,
    charges: withoutOld(withoutCharge(state.charges, booking.id), nowMs),
    circuit: circuitAfterRelease(state.circuit, { bookingId: booking.id, nowMs }),
  });
}
