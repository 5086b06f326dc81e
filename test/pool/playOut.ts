import { book } from '../../shared/pool/book.ts';
import type { Booking, Need } from '../../shared/pool/ledger.ts';
import type { PoolState } from '../../shared/pool/poolState.ts';

export interface Wish {
  readonly need: Need;
  readonly atMs: number;
}

export interface Played {
  readonly pool: PoolState;
  /** In the order in which they started. */
  readonly bookings: readonly Booking[];
}

/** Lets everybody ask when its time comes, and again when it was told to, until all have started or `untilMs` is over. */
export function playOut(given: PoolState, wishes: readonly Wish[], untilMs: number): Played {
  let pool = given;
  const bookings: Booking[] = [];
  let asking = wishes.map((wish, order) => ({ ...wish, order }));
  for (;;) {
    const [next, ...others] = asking.toSorted((left, right) => left.atMs - right.atMs || left.order - right.order);
    if (next === undefined || next.atMs > untilMs) return { pool, bookings };
    const { placement, state } = book(pool, next.need, next.atMs);
    pool = state;
    asking = others;
    if (placement.kind === 'booked') bookings.push(placement.booking);
    if (placement.kind === 'wait') asking.push({ ...next, atMs: Math.max(next.atMs + 1, placement.askAgainMs) });
    if (placement.kind === 'later') {
      const placeInLineMs = placement.expectedStartMs;
      asking.push({ ...next, need: { ...next.need, placeInLineMs }, atMs: Math.max(next.atMs + 1, placeInLineMs) });
    }
  }
}
