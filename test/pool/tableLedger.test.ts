import { createHash } from 'node:crypto';
import { setTimeout as sleepMs } from 'node:timers/promises';
import type { TableClient } from '@azure/data-tables';
import { describe, expect, it } from 'vitest';
import { boundedState } from '../../shared/pool/boundedState.ts';
import type { Charge } from '../../shared/pool/charge.ts';
import type { Deployment } from '../../shared/pool/deployment.ts';
import type { Booking, Ledger, PoolSignal } from '../../shared/pool/ledger.ts';
import type { Outcome } from '../../shared/pool/outcome.ts';
import { type PoolState, poolStateOf, type Waiting } from '../../shared/pool/poolState.ts';
import { createSharedLedger } from '../../shared/pool/sharedLedger.ts';
import type { StateStore } from '../../shared/pool/stateStore.ts';
import { textOfState } from '../../shared/pool/stateText.ts';
import { createTableStateStore } from '../../shared/pool/tableStateStore.ts';
import { describeLedger, type TestClock } from '../contracts/ledger.ts';
import { useStorage } from '../support/storage.ts';
import { answered, need, refused, SEED_MODEL, START_MS, seedDeployment, seedPool, throttled } from './deployments.ts';

const storage = useStorage();

/** The storage's own clock is real; on a clock that a test moves, it is not to be followed. */
function withoutTime(store: StateStore): StateStore {
  return {
    read: async () => ({ ...(await store.read()), serverMs: null }),
    write: async (text, version) => ({ ...(await store.write(text, version)), serverMs: null }),
    setAside: store.setAside,
  };
}

/** The stores of a table, by model. */
function storesOf(table: TableClient): (group: string) => StateStore {
  return (group) => withoutTime(createTableStateStore(table, group));
}

interface OpenOptions {
  readonly storeOf: (group: string) => StateStore;
  readonly now: () => number;
  readonly deployments?: readonly Deployment[];
  readonly signals?: PoolSignal[];
}

function openLedger({ storeOf, now, deployments = seedPool, signals = [] }: OpenOptions): Ledger {
  return createSharedLedger(storeOf, deployments, {
    httpShare: 0.2,
    localShare: 0.25,
    now,
    sleep: (waitMs) => sleepMs(Math.min(waitMs, 3_000)),
    random: () => 0,
    signal: (signal) => signals.push(signal),
  });
}

/** Two minutes of requests of about 1,200 tokens on every deployment, and as many places in line as two more hold. */
function inFullUse(deployments: readonly Deployment[]): PoolState {
  const pool = poolStateOf(deployments, { httpShare: 0.2 });
  const numbered = (prefix: number, count: number): readonly string[] =>
    Array.from({ length: count }, (_, index) => createHash('md5').update(`${prefix} ${index}`).digest('hex'));
  const states = pool.states.map((state, place) => ({
    ...state,
    charges: numbered(place, 1_660).map((id, index): Charge => {
      const tokens = 600 + (parseInt(id.slice(0, 4), 16) % 1_200);
      const bucket = START_MS / 100 - 1_200 + Math.floor((index * 1_200) / 1_660);
      const isOnItsWay = index > 1_500;
      const countedTokens = isOnItsWay ? null : parseInt(id.slice(4, 9), 16);
      const common = { id: `${id}-${index}`, caller: 'backlog', bucket, tokens, admissionTokens: tokens } as const;
      return { ...common, requests: 1, isExact: !isOnItsWay, countedTokens };
    }),
  }));
  const line = numbered(-1, 46_000).map(
    (analysisId, index): Waiting => ({
      analysisId,
      deploymentName: null,
      caller: 'backlog',
      admissionTokens: 600 + (parseInt(analysisId.slice(0, 4), 16) % 1_200),
      createdMs: START_MS - 60_000 + index,
      startMs: START_MS + index * 2,
      fromMs: START_MS + index * 2,
      keptUntilMs: START_MS + index * 2 + 30_000,
    }),
  );
  return boundedState({ ...pool, states, line }, START_MS);
}

describeLedger('createSharedLedger on a table', async (deployments: readonly Deployment[], clock: TestClock) => {
  const signals: PoolSignal[] = [];
  const storeOf = storesOf(await storage.table());
  return { ledger: openLedger({ storeOf, now: () => clock.nowMs, deployments, signals }), signals };
});

describe('many ledgers on one table', () => {
  it('never book a minute twice, however many ask at once', async () => {
    const storeOf = storesOf(await storage.table());
    const ledgers = Array.from({ length: 8 }, () => openLedger({ storeOf, now: () => START_MS }));
    const placements = await Promise.all(
      Array.from({ length: 40 }, (_, index) =>
        ledgers[index % ledgers.length]?.book(need({ admissionTokens: 4_000, caller: 'http' })),
      ),
    );
    const booked = placements.flatMap((one) => (one?.kind === 'booked' ? [one.booking] : []));
    expect(booked.map(({ deployment }) => deployment.name).sort()).toEqual(seedPool.map(({ name }) => name).sort());
    expect(new Set(booked.map(({ id }) => id)).size).toBe(4);
  });

  it('give an analysis its own place back, whichever of them it reaches', async () => {
    const storeOf = storesOf(await storage.table());
    const only = seedPool.slice(0, 1);
    let nowMs = START_MS;
    const [one, other] = [1, 2].map(() => openLedger({ storeOf, now: () => nowMs, deployments: only }));
    await one?.book(need({ admissionTokens: 9_000, caller: 'http' }));
    const mine = need({ admissionTokens: 9_000, latestStartMs: START_MS + 5_000 });
    expect(await one?.book(mine)).toMatchObject({ kind: 'later' });
    nowMs += 45_000;
    const back = { ...mine, latestStartMs: START_MS + 61_000 };
    expect(await other?.book(back)).toMatchObject({ kind: 'wait', expectedStartMs: START_MS + 60_200 });
    nowMs = START_MS + 60_300;
    const newcomer = need({ admissionTokens: 9_000, createdMs: nowMs });
    expect(await one?.book(newcomer)).toMatchObject({ kind: 'wait' });
    expect(await one?.book(back)).toMatchObject({ kind: 'booked' });
  });

  it('go by the clock of the storage, so that one that is a minute ahead starts nothing early', async () => {
    const table = await storage.table();
    const storeOf = (group: string) => createTableStateStore(table, group);
    const [slow, fast] = [0, 60_000].map((aheadMs) =>
      openLedger({ storeOf, now: () => Date.now() + aheadMs, deployments: seedPool.slice(0, 1) }),
    );
    const full = await slow?.book(need({ admissionTokens: 10_000, caller: 'http', createdMs: Date.now() }));
    if (full?.kind !== 'booked') throw new Error('Expected a start on an idle pool.');
    const told = await fast?.book(need({ caller: 'http', createdMs: Date.now() }));
    if (told?.kind !== 'wait') throw new Error('Expected a full minute.');
    const differsMs = told.expectedStartMs - 60_000 - (full.booking.startMs + 60_200);
    expect(Math.abs(differsMs)).toBeLessThan(20_000);
  });

  it('go on with a part of the quota when the table is missing altogether', async () => {
    const table = await storage.table();
    await table.deleteTable();
    const ledger = openLedger({ storeOf: storesOf(table), now: () => START_MS });
    expect((await ledger.book(need({ admissionTokens: 1_500, caller: 'http' }))).kind).toBe('booked');
    expect((await ledger.view()).map(({ localShare }) => localShare)).toEqual([0.25, 0.25, 0.25, 0.25]);
  });

  it('keep a state that is larger than one property of the row', async () => {
    const store = storesOf(await storage.table())(SEED_MODEL);
    const text = JSON.stringify(Array.from({ length: 40_000 }, (_, index) => (index * 7_919_333) % 1_000_003));
    await store.write(text, null);
    expect((await store.read()).text).toBe(text);
  });

  it('share circuits, hints, lowered limits, factors and caps: what one of them is told the others keep to', async () => {
    const storeOf = storesOf(await storage.table());
    let nowMs = START_MS;
    const [one, other] = [1, 2].map(() => openLedger({ storeOf, now: () => nowMs }));
    const [signedOut, throttledOne, lowered] = seedPool;
    const start = async (name: string | undefined, admissionTokens = 400): Promise<Booking> => {
      const exclude = seedPool.map((each) => each.name).filter((each) => each !== name);
      const placement = await one?.book(need({ admissionTokens, caller: 'http', exclude, answer }));
      if (placement?.kind !== 'booked') throw new Error(`Expected a booking, got ${JSON.stringify(placement)}.`);
      return placement.booking;
    };
    const answer = { kind: 'text', look: 70_000, capTokens: 1_600, canLower: true, outputWeight: 3 };
    const usage = { promptTokens: 9_000, imageTokens: null, cachedTokens: 0, reasoningTokens: 0, totalTokens: 0 };
    const answerTo = (admissionTokens: number): Outcome => ({
      kind: 'answered',
      text: '{}',
      finish: 'stop',
      usage: { ...usage, completionTokens: 120 },
      hints: { remainingTokens: 5_000 - 2 * admissionTokens, limitTokens: 5_000 },
    });
    for (let count = 0; count < 20; count += 1) {
      nowMs += 61_000;
      const admissionTokens = 400 + 10 * count;
      const booking = await start(lowered?.name, admissionTokens);
      await one?.settle(booking, answerTo(admissionTokens), 100);
    }
    await one?.settle(await start(signedOut?.name), refused('unauthorized', 401), 10);
    await one?.settle(await start(throttledOne?.name), throttled({ waitMs: 7_000 }), 10);

    nowMs += 1_000;
    const seen = await other?.view();
    expect(seen?.[0]?.circuit).toMatchObject({ state: 'open', reason: 'answers 401: It said unauthorized' });
    expect(seen?.[1]).toMatchObject({ throttled: 1, freeFromMs: nowMs + 6_000 });
    expect(seen?.[2]).toMatchObject({ admissionFactor: 2, answered: 20 });
    const onLowered = { deploymentName: lowered?.name ?? '', admissionTokens: 2_400, caller: 'http' } as const;
    const full = need(onLowered);
    expect((await other?.book(full))?.kind).toBe('wait');
    await other?.leave(full.model, full.analysisId);
    nowMs += 2_000;
    const capped = await other?.book(need({ ...onLowered, answer }));
    expect(capped).toMatchObject({ kind: 'booked', booking: { answer: { capTokens: 120, isLowered: true } } });
  });

  it('keep the state of 28 deployments of a million tokens a minute, in full use and with a long line', async () => {
    const table = await storage.table();
    const storeOf = storesOf(table);
    const deployments = Array.from({ length: 28 }, (_, index) =>
      seedDeployment(`region${index}`, { tokensPerMinute: 1_000_000, requestsPerMinute: 6_000 }),
    );
    await storeOf(SEED_MODEL).write(textOfState(inFullUse(deployments)), null);
    const ledger = openLedger({ storeOf, now: () => START_MS, deployments });
    expect((await ledger.book(need({ admissionTokens: 400, caller: 'http' }))).kind).toBe('wait');
    expect((await ledger.view())[0]?.localShare).toBeUndefined();
    const row = await table.getEntity<Record<string, unknown>>(SEED_MODEL, 'state');
    const bytes = Object.values(row).reduce<number>(
      (sum, part) => sum + (part instanceof Uint8Array ? part.length : 0),
      0,
    );
    // A row holds 1 MiB.
    expect(bytes).toBeLessThan(512 * 1024);
  });

  it('go on with a part of the quota while the table answers, but too slowly for a start', async () => {
    const table = storesOf(await storage.table())(SEED_MODEL);
    let nowMs = START_MS;
    const slowly = async <T>(step: () => Promise<T>): Promise<T> => {
      const answer = await step();
      nowMs += 1_900;
      return answer;
    };
    const contended: StateStore = {
      read: () => slowly(table.read),
      write: () => slowly(async () => ({ kind: 'changed', serverMs: null })),
      setAside: table.setAside,
    };
    const ledger = openLedger({ storeOf: () => contended, now: () => nowMs });
    expect((await ledger.book(need({ admissionTokens: 1_500, caller: 'http', createdMs: nowMs }))).kind).toBe('booked');
    expect((await ledger.view())[0]?.localShare).toBe(0.25);
    expect(nowMs - START_MS).toBeLessThan(10_000);
  });

  it('let requests through that are larger than the part, as seldom as the part makes up for them', async () => {
    const gone = new Error('The table cannot be had.');
    let nowMs = START_MS;
    const refuse = (): Promise<never> => Promise.reject(gone);
    const store: StateStore = { read: refuse, write: refuse, setAside: refuse };
    const ledger = openLedger({ storeOf: () => store, now: () => nowMs });
    const startedAt = new Map<string, number[]>();
    for (let second = 0; second < 900; second += 5) {
      nowMs = START_MS + second * 1000;
      const asked = need({ admissionTokens: 3_500, createdMs: nowMs, latestStartMs: nowMs + 40_000 });
      const placement = await ledger.book(asked);
      if (placement.kind !== 'booked') await ledger.leave(asked.model, asked.analysisId);
      else {
        const { region } = placement.booking.deployment;
        startedAt.set(region, [...(startedAt.get(region) ?? []), second]);
        await ledger.settle(placement.booking, answered({ limitTokens: 10_000 }), 2_000);
      }
    }
    expect(startedAt.size).toBe(4);
    for (const seconds of startedAt.values()) {
      const pauses = seconds.slice(1).map((second, index) => second - (seconds[index] ?? 0));
      expect(seconds.length).toBeGreaterThanOrEqual(6);
      // 3,500 tokens of 2,500 a minute.
      expect(Math.min(...pauses)).toBeGreaterThanOrEqual(84);
    }
  });

  it('go on with a part of the quota while the table cannot be had, say so, and tell what they started once it can', async () => {
    const table = storesOf(await storage.table())(SEED_MODEL);
    let isDown = false;
    const gone = new Error('The table cannot be had.');
    const store: StateStore = {
      read: () => (isDown ? Promise.reject(gone) : table.read()),
      write: (text, version) => (isDown ? Promise.reject(gone) : table.write(text, version)),
      setAside: table.setAside,
    };
    let nowMs = START_MS;
    const only = seedPool.slice(0, 1);
    const ledger = openLedger({ storeOf: () => store, now: () => nowMs, deployments: only });
    await ledger.book(need({ admissionTokens: 100, caller: 'http' }));
    isDown = true;
    nowMs += 3_000;
    expect((await ledger.book(need({ admissionTokens: 1_500, caller: 'http' }))).kind).toBe('booked');
    nowMs += 3_000;
    expect((await ledger.book(need({ admissionTokens: 1_500, caller: 'http' }))).kind).toBe('wait');
    expect((await ledger.book(need({ admissionTokens: 9_000, caller: 'http' }))).kind).not.toBe('never');
    expect((await ledger.view())[0]?.localShare).toBe(0.25);
    isDown = false;
    nowMs += 6_000;
    await ledger.book(need({ admissionTokens: 100, caller: 'http' }));
    const other = openLedger({ storeOf: () => table, now: () => nowMs, deployments: only });
    const [seen] = await other.view();
    expect(seen?.localShare).toBeUndefined();
    expect(seen?.bookedTokens).toBe(150 + 2_250 + 150);
  });
});
