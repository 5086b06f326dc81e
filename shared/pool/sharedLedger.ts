import { book } from './book.ts';
import type { Deployment } from './deployment.ts';
import { withShorterLine } from './expectedTurn.ts';
import type { Booking, Ledger, Need, Placement } from './ledger.ts';
import { withoutWaiting } from './line.ts';
import { release, settle } from './settle.ts';
import { createSharedState, type SharedStateOptions } from './sharedState.ts';
import type { StateStore } from './stateStore.ts';
import { viewOf } from './viewOf.ts';

/** Where many wait for one moment, each is told one up to this much later. */
const SPREAD_MS = 1_000;

/**
 * The ledger of many processes: the state lies in a store, and each step on it is one conditional write that fails when
 * somebody else was faster, and is then taken anew on the newer state. The steps that a process has at one moment go into
 * one write; an ask that changes nothing takes none. All times inside are the storage's; callers give and get their own.
 */
export function createSharedLedger(
  store: StateStore,
  deployments: readonly Deployment[],
  options: SharedStateOptions,
): Ledger {
  const shared = createSharedState(store, deployments, options);

  function toCaller(placement: Placement, need: Need, aheadMs: number): Placement {
    const spreadMs = need.caller === 'http' ? options.random() * SPREAD_MS : 0;
    switch (placement.kind) {
      case 'booked': {
        const { booking } = placement;
        return { kind: 'booked', booking: { ...booking, startMs: booking.startMs - aheadMs } };
      }
      case 'wait': {
        const expectedStartMs = placement.expectedStartMs - aheadMs;
        return { kind: 'wait', expectedStartMs, askAgainMs: placement.askAgainMs - aheadMs };
      }
      case 'later':
        return { kind: 'later', expectedStartMs: Math.ceil(placement.expectedStartMs + spreadMs) - aheadMs };
      case 'outage':
        return { ...placement, untilMs: Math.ceil(placement.untilMs + spreadMs) - aheadMs };
      case 'never':
        return placement;
    }
  }

  return {
    book: async (need) =>
      await shared.step(
        (pool, { nowMs, aheadMs }) => {
          const { placement, state } = book(pool, inSharedTime(need, aheadMs), nowMs);
          return { state, told: toCaller(placement, need, aheadMs) };
        },
        (placement) => (placement.kind === 'booked' ? placement.booking : undefined),
      ),
    settle: async (booking: Booking, outcome, tookMs) => {
      const signals = await shared.step((pool, { nowMs }) => {
        const { state, signals: told } = settle(pool, booking, { outcome, tookMs, nowMs });
        return { state, told };
      });
      for (const signal of signals) options.signal(signal);
    },
    release: (booking) => shared.step((pool, { nowMs }) => ({ state: release(pool, booking, nowMs), told: undefined })),
    leave: (analysisId) =>
      shared.step((pool) => {
        const line = withoutWaiting(pool.line, analysisId);
        return { state: line === pool.line ? pool : { ...pool, line }, told: undefined };
      }),
    shortenLine: (model, endMs) =>
      shared.step((pool, { aheadMs }) => ({ state: withShorterLine(pool, model, endMs + aheadMs), told: undefined })),
    view: async () => {
      const { pool, nowMs, aheadMs, localShare } = await shared.look();
      return viewOf(pool, nowMs).map((view) => ({
        ...view,
        freeFromMs: view.freeFromMs - aheadMs,
        ...(localShare === undefined ? {} : { localShare }),
      }));
    },
  };
}

function inSharedTime(need: Need, aheadMs: number): Need {
  return {
    ...need,
    createdMs: need.createdMs + aheadMs,
    latestStartMs: need.latestStartMs + aheadMs,
    ...(need.placeInLineMs === undefined ? {} : { placeInLineMs: need.placeInLineMs + aheadMs }),
  };
}
