import { book } from './book.ts';
import { type Deployment, groupOf } from './deployment.ts';
import { withShorterLine } from './expectedTurn.ts';
import type { DeploymentView, Ledger, Need, Placement } from './ledger.ts';
import { withoutWaiting } from './line.ts';
import type { PoolState } from './poolState.ts';
import type { Moment } from './poolStep.ts';
import { release, settle } from './settle.ts';
import { createSharedState, type SharedState, type SharedStateOptions } from './sharedState.ts';
import type { StateStore } from './stateStore.ts';
import { viewOf } from './viewOf.ts';

/** HTTP callers that wait for one moment get estimated starts up to this much apart. */
const SPREAD_MS = 1_000;

/**
 * The ledger of many processes. Each model has a state of its own in a store, so bookings of different models never contend.
 * A step on a state is one conditional write, which is repeated on the newer state when another process wrote first. The
 * steps that a process has at one moment share a write; a step that changes nothing takes none. All times inside are the
 * storage's; callers give and get their own.
 *
 * @param storeOf the store of a group's state (`groupOf`)
 */
export function createSharedLedger(
  storeOf: (group: string) => StateStore,
  deployments: readonly Deployment[],
  options: SharedStateOptions,
): Ledger {
  const groups = [...Map.groupBy(deployments, groupOf)];
  const states = new Map(groups.map(([group, own]) => [group, createSharedState(storeOf(group), own, options)]));

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
      (await states.get(groupOf(need))?.step(
        (pool, { nowMs, aheadMs }) => {
          const { placement, state } = book(pool, inSharedTime(need, aheadMs), nowMs);
          return { state, result: toCaller(placement, need, aheadMs) };
        },
        (placement) => (placement.kind === 'booked' ? placement.booking : undefined),
      )) ?? { kind: 'never', largestMinuteTokens: 0 },
    settle: async (booking, outcome, tookMs) => {
      const signals = await states.get(groupOf(booking.deployment))?.step((pool, { nowMs }) => {
        const { state, signals: result } = settle(pool, booking, { outcome, tookMs, nowMs });
        return { state, result };
      });
      for (const signal of signals ?? []) options.signal(signal);
    },
    release: async (booking) =>
      await change(groupOf(booking.deployment), (pool, { nowMs }) => release(pool, booking, nowMs)),
    leave: async (model, analysisId) =>
      await change(groupOf({ model }), (pool) => {
        const line = withoutWaiting(pool.line, analysisId);
        return line === pool.line ? pool : { ...pool, line };
      }),
    shortenLine: async (model, endMs) =>
      await change(groupOf({ model }), (pool, { aheadMs }) => withShorterLine(pool, endMs + aheadMs)),
    view: async () => {
      const views = await Promise.all([...states.values()].map(viewed));
      const byName = new Map(views.flat().map((view) => [view.deployment.name, view]));
      return deployments.flatMap(({ name }) => byName.get(name) ?? []);
    },
  };

  async function change(group: string, next: (pool: PoolState, moment: Moment) => PoolState): Promise<void> {
    await states.get(group)?.step((pool, moment) => ({ state: next(pool, moment), result: undefined }));
  }
}

async function viewed(shared: SharedState): Promise<readonly DeploymentView[]> {
  const { pool, nowMs, aheadMs, localShare } = await shared.look();
  return viewOf(pool, nowMs).map((view) => ({
    ...view,
    freeFromMs: view.freeFromMs - aheadMs,
    ...(localShare === undefined ? {} : { localShare }),
  }));
}

function inSharedTime(need: Need, aheadMs: number): Need {
  return {
    ...need,
    createdMs: need.createdMs + aheadMs,
    latestStartMs: need.latestStartMs + aheadMs,
    ...(need.placeInLineMs === undefined ? {} : { placeInLineMs: need.placeInLineMs + aheadMs }),
  };
}
