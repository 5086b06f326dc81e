import type { Deployment } from './deployment.ts';
import type { Booking, PoolSignal } from './ledger.ts';
import { afterLoss, afterReturn, type LedgerLoss, nothingLost, StoreLost } from './ledgerLoss.ts';
import { keptToShare, type LocalWork, localShareOf, withLocalWork } from './localShare.ts';
import { type PoolState, poolStateOf } from './poolState.ts';
import { type Moment, type Queued, queuedStep, type Step } from './poolStep.ts';
import { createSharedClock } from './sharedClock.ts';
import { createStateKeeper } from './stateKeeper.ts';
import type { StateStore } from './stateStore.ts';

export interface SharedStateOptions {
  /** Part of every deployment that the backlog may only borrow, 0 to below 1. */
  readonly httpShare: number;
  /** The machine's own clock. */
  readonly now: () => number;
  readonly sleep: (waitMs: number) => Promise<void>;
  /** 0 to below 1. */
  readonly random: () => number;
  /** Part of the pool that this process goes on with while the store is unavailable, 0 to 1. */
  readonly localShare: number;
  readonly signal: (signal: PoolSignal) => void;
}

export interface SharedState {
  /**
   * Takes a step, and returns its result on the state that was written. `started`: the booking that it started.
   *
   * @throws whatever the step throws, to its own caller alone
   */
  readonly step: <T>(step: Step<T>, started?: (result: T) => Booking | undefined) => Promise<T>;
  readonly look: () => Promise<Moment & { readonly pool: PoolState; readonly localShare: number | undefined }>;
}

/** A store that was lost is tried again after this. */
const STORE_PAUSE_MS = 5_000;

/**
 * One state for many processes, by conditional writes, and a local share of it while the store is unavailable. The loss and
 * the return of the store are signalled. An error of a step itself goes to its caller, and is no loss.
 */
export function createSharedState(
  store: StateStore,
  deployments: readonly Deployment[],
  options: SharedStateOptions,
): SharedState {
  const { now, signal, localShare } = options;
  const clock = createSharedClock();
  let lastPool: PoolState = poolStateOf(deployments, options);
  let local: LocalWork | undefined;
  let log = nothingLost;
  let storeFromMs = 0;
  let waiting: Queued[] = [];
  let isWriting = false;

  const moment = (): Moment => ({ nowMs: now() + clock.aheadMs(), aheadMs: clock.aheadMs() });
  const keeper = createStateKeeper(store, deployments, {
    ...options,
    clock,
    moment,
    lastPool: () => lastPool,
    report: note,
  });

  function note(loss: LedgerLoss): void {
    const logged = afterLoss(log, loss, now());
    log = logged.log;
    logged.signals.forEach(signal);
  }

  async function work(): Promise<void> {
    while (waiting.length > 0) {
      const batch = waiting;
      waiting = [];
      try {
        await takeAll(batch);
        for (const { done } of batch) done();
      } catch (error) {
        for (const { failed } of batch) failed(error);
      }
    }
    isWriting = false;
  }

  async function takeAll(batch: readonly Queued[]): Promise<void> {
    if (now() >= storeFromMs) {
      try {
        lastPool = await keeper.keep(batch, (pool) => (local === undefined ? pool : withLocalWork(pool, local)));
        local = undefined;
        const logged = afterReturn(log, now());
        log = logged.log;
        logged.signals.forEach(signal);
        return;
      } catch (error) {
        if (!(error instanceof StoreLost)) throw error;
        note(error.loss);
        storeFromMs = now() + STORE_PAUSE_MS;
      }
    }
    takeLocally(batch);
  }

  function takeLocally(batch: readonly Queued[]): void {
    if (local === undefined) {
      const began = localShareOf(lastPool, localShare);
      local = { began, pool: began, startedIds: new Set() };
    }
    const startedIds = new Set(local.startedIds);
    const at = moment();
    let { pool } = local;
    for (const { take, started } of batch) {
      pool = take(keptToShare(pool, { part: localShare, nowMs: at.nowMs }), at);
      const booking = started();
      if (booking !== undefined) startedIds.add(booking.id);
    }
    local = { ...local, pool, startedIds };
  }

  const step: SharedState['step'] = (take, started) =>
    new Promise((resolve, reject) => {
      waiting.push(queuedStep(take, { started, resolve, reject }));
      if (isWriting) return;
      isWriting = true;
      // Steps of the same moment share a write.
      queueMicrotask(() => void work());
    });
  return {
    step,
    look: async () => {
      await step((pool) => ({ state: pool, result: undefined }));
      return { ...moment(), pool: local?.pool ?? lastPool, localShare: local === undefined ? undefined : localShare };
    },
  };
}
