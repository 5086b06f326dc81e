import { boundedState } from './boundedState.ts';
import type { Deployment } from './deployment.ts';
import { inTime } from './inTime.ts';
import { keptToShare, localShareOf, withLocalStarts } from './localShare.ts';
import { type PoolState, poolStateOf } from './poolState.ts';
import { createSharedClock } from './sharedClock.ts';
import type { StateStore } from './stateStore.ts';
import { stateOfText, textOfState } from './stateText.ts';

export interface SharedStateOptions {
  /** Part of every deployment that the backlog may only borrow, 0 to below 1. */
  readonly httpShare: number;
  /** The machine's own clock. */
  readonly now: () => number;
  readonly sleep: (waitMs: number) => Promise<void>;
  /** 0 to below 1. */
  readonly random: () => number;
  /** Part of the pool that this instance goes on with while the store cannot be had, 0 to 1. */
  readonly localShare: number;
}

export interface Moment {
  /** By the storage's clock. */
  readonly nowMs: number;
  /** How far the storage's clock is ahead of the machine's. */
  readonly aheadMs: number;
}

/** A step on the state: the next one, and what its caller is told. It may be taken several times. */
export type Step<T> = (pool: PoolState, moment: Moment) => { readonly state: PoolState; readonly told: T };

export interface SharedState {
  /** Takes a step, and tells what it told on the state that was kept. `startedId`: the id of what it has started. */
  readonly step: <T>(step: Step<T>, startedId?: (told: T) => string | undefined) => Promise<T>;
  readonly look: () => Promise<Moment & { readonly pool: PoolState; readonly localShare: number | undefined }>;
}

interface Queued {
  readonly take: (pool: PoolState, moment: Moment) => PoolState;
  /** Tells its caller, once the state is kept; the id of what was started. */
  readonly done: () => string | undefined;
  readonly failed: (error: unknown) => void;
}

/** What was read is good for this long, for steps that change nothing. */
const FRESH_MS = 250;
/** A store that does not answer in this time cannot be had. */
const PATIENCE_MS = 2_000;
/** Nor can one whose answers to one step have taken this long: who starts must not be late. */
const PATIENCE_OF_STEP_MS = 4_000;
/** It is tried again after this. */
const STORE_PAUSE_MS = 5_000;
const BACKOFF_MS = { first: 10, most: 200 } as const;
const MOST_TRIES = 50;

/** One state for many processes, by conditional writes; a local share of it while the store cannot be had. */
export function createSharedState(
  store: StateStore,
  deployments: readonly Deployment[],
  options: SharedStateOptions,
): SharedState {
  const { now, sleep, random, httpShare } = options;
  const clock = createSharedClock();
  let known: { readonly pool: PoolState; readonly version: string | null; readonly readMs: number } | undefined;
  let local: { pool: PoolState; readonly startedIds: Set<string> } | undefined;
  let storeFromMs = 0;
  let waiting: Queued[] = [];
  let isWriting = false;

  const moment = (): Moment => ({ nowMs: now() + clock.aheadMs(), aheadMs: clock.aheadMs() });

  async function asked<T extends { readonly serverMs: number | null }>(
    ask: () => Promise<T>,
    patience: { leftMs: number },
  ): Promise<T> {
    if (patience.leftMs <= 0) throw new Error(`A step took more than ${PATIENCE_OF_STEP_MS} ms.`);
    const askedMs = now();
    const answer = await inTime(ask(), Math.min(PATIENCE_MS, patience.leftMs), sleep);
    const answeredMs = now();
    patience.leftMs -= answeredMs - askedMs;
    if (answer.serverMs !== null) clock.note({ askedMs, answeredMs, serverMs: answer.serverMs });
    return answer;
  }

  async function read(patience: { leftMs: number }): Promise<NonNullable<typeof known>> {
    const { text, version } = await asked(() => store.read(), patience);
    known = { pool: stateOfText(text, deployments, { httpShare }), version, readMs: now() };
    return known;
  }

  /** Takes all of the batch on one state and keeps it; again on the newer state when somebody was faster. */
  async function keep(batch: readonly Queued[]): Promise<void> {
    const patience = { leftMs: PATIENCE_OF_STEP_MS };
    for (let tries = 0; tries < MOST_TRIES; tries += 1) {
      const base = known !== undefined && now() - known.readMs <= FRESH_MS ? known : await read(patience);
      const before = local === undefined ? base.pool : withLocalStarts(base.pool, local.pool, local.startedIds);
      const at = moment();
      const taken = batch.reduce((state, { take }) => take(state, at), before);
      const pool = boundedState(taken, at.nowMs);
      if (pool === base.pool) {
        local = undefined;
        return;
      }
      const end = await asked(() => store.write(textOfState(pool), base.version), patience);
      if (end.kind === 'written') {
        known = { pool, version: end.version, readMs: now() };
        local = undefined;
        return;
      }
      known = undefined;
      await sleep(random() * Math.min(BACKOFF_MS.most, BACKOFF_MS.first * 2 ** tries));
    }
    throw new Error(`Others were faster ${MOST_TRIES} times in a row.`);
  }

  async function work(): Promise<void> {
    while (waiting.length > 0) {
      const batch = waiting;
      waiting = [];
      try {
        await takeAll(batch);
        for (const { done } of batch) {
          const id = done();
          if (id !== undefined) local?.startedIds.add(id);
        }
      } catch (error) {
        for (const { failed } of batch) failed(error);
      }
    }
    isWriting = false;
  }

  async function takeAll(batch: readonly Queued[]): Promise<void> {
    if (now() >= storeFromMs) {
      try {
        await keep(batch);
        return;
      } catch {
        known = undefined;
        storeFromMs = now() + STORE_PAUSE_MS;
      }
    }
    local ??= { pool: localShareOf(lastPool, options.localShare), startedIds: new Set() };
    const at = moment();
    for (const { take } of batch) {
      local.pool = take(keptToShare(local.pool, { part: options.localShare, nowMs: at.nowMs }), at);
    }
  }

  let lastPool: PoolState = poolStateOf(deployments, { httpShare });
  const step: SharedState['step'] = (take, startedId) =>
    new Promise((resolve, reject) => {
      let told: { readonly value: ReturnType<typeof take>['told'] } | undefined;
      waiting.push({
        take: (pool, at) => {
          const taken = take(pool, at);
          told = { value: taken.told };
          return taken.state;
        },
        done: () => {
          if (local === undefined && known !== undefined) lastPool = known.pool;
          if (told !== undefined) resolve(told.value);
          return told && startedId?.(told.value);
        },
        failed: reject,
      });
      if (isWriting) return;
      isWriting = true;
      // Steps that come in the same moment go into one write.
      queueMicrotask(() => void work());
    });
  return {
    step,
    look: async () => {
      await step((pool) => ({ state: pool, told: undefined }));
      const pool = local?.pool ?? known?.pool ?? lastPool;
      return { ...moment(), pool, localShare: local === undefined ? undefined : options.localShare };
    },
  };
}
