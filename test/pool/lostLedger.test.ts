import { randomUUID } from 'node:crypto';
import { setTimeout as sleepMs } from 'node:timers/promises';
import { deflateRawSync } from 'node:zlib';
import { TableClient } from '@azure/data-tables';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type StartedStorage, startStorage } from '../../local/storage/startStorage.ts';
import type { Deployment } from '../../shared/pool/deployment.ts';
import type { Booking, Ledger, PoolSignal } from '../../shared/pool/ledger.ts';
import { createSharedLedger } from '../../shared/pool/sharedLedger.ts';
import { createSharedState } from '../../shared/pool/sharedState.ts';
import type { StateStore } from '../../shared/pool/stateStore.ts';
import { createTableStateStore } from '../../shared/pool/tableStateStore.ts';
import { takeAzurite } from '../support/takeAzurite.ts';
import { answered, need, refused, SEED_MODEL, START_MS, seedPool, throttled } from './deployments.ts';
import { type Fault, type FaultyTables, startFaultyTables } from './faultyTables.ts';

let storage: StartedStorage;
let tables: FaultyTables;
beforeAll(async () => {
  storage = await startStorage({ azurite: await takeAzurite() });
  tables = await startFaultyTables(storage.connectionString);
});
afterEach(() => tables.misbehave({ kind: 'none' }));
afterAll(async () => {
  await tables.stop();
  await storage.stop();
});

const only = seedPool.slice(0, 1);

/** Ledgers on one table that misbehaves, on one clock, and the table as it is. */
async function openLedgers(deployments: readonly Deployment[] = only) {
  const name = `t${randomUUID().replaceAll('-', '')}`;
  const table = TableClient.fromConnectionString(storage.connectionString, name, { allowInsecureConnection: true });
  await table.createTable();
  const clock = { nowMs: START_MS };
  const open = (client: TableClient) => {
    const signals: PoolSignal[] = [];
    const ledger = createSharedLedger((group) => withoutTime(createTableStateStore(client, group)), deployments, {
      httpShare: 0.2,
      localShare: 0.1,
      now: () => clock.nowMs,
      sleep: (waitMs) => sleepMs(waitMs),
      random: () => 0,
      signal: (signal) => signals.push(signal),
    });
    return { ledger, signals };
  };
  return { table, clock, faulty: open(tables.table(name)), other: open(table), open: () => open(table) };
}

/** The storage's own clock is real; on a clock that a test moves, it is not to be followed. */
function withoutTime(store: StateStore): StateStore {
  return {
    read: async (stop) => ({ ...(await store.read(stop)), serverMs: null }),
    write: async (text, version, stop) => {
      const end = await store.write(text, version, stop);
      return end.kind === 'too-large' ? end : { ...end, serverMs: null };
    },
    setAside: store.setAside,
  };
}

async function booked(ledger: Ledger, admissionTokens = 1_000): Promise<Booking> {
  const placement = await ledger.book(need({ admissionTokens, caller: 'http' }));
  if (placement.kind !== 'booked') throw new Error(`Expected a booking, got ${placement.kind}.`);
  return placement.booking;
}

async function isLocal(ledger: Ledger): Promise<boolean> {
  return (await ledger.view())[0]?.localShare !== undefined;
}

const refuses = (status: number, code: string, isDone = false): Fault => ({ kind: 'refuses', status, code, isDone });

describe('a storage that refuses', () => {
  it.each([
    [403, 'AuthorizationPermissionMismatch', "Check the identity's role on tables; a new one takes some minutes."],
    [403, 'AuthorizationFailure', "Check the identity's role on tables and the account's network rules."],
    [404, 'TableNotFound', 'The table is missing: deploy the storage again.'],
    [
      400,
      'InvalidHeaderValue',
      'The service does not know the API version of the client: go back to an earlier client.',
    ],
    [409, 'TableBeingDeleted', ''],
    [503, 'ServerBusy', ''],
    [500, 'OperationTimedOut', ''],
  ])('with %s %s leaves the local share, and the signal names it', async (status, code, advice) => {
    const { faulty } = await openLedgers();
    tables.misbehave(refuses(status, code));
    await booked(faulty.ledger, 500);
    expect(await isLocal(faulty.ledger)).toBe(true);
    const detail = `The storage refused the pool's state with ${status} ${code}. ${advice}`.trim();
    expect(faulty.signals).toEqual([{ kind: 'ledger-lost', reason: 'unavailable', detail, status, code }]);
  });

  it('is named again every five minutes, another reason after a minute, and its return once', async () => {
    const { faulty, clock } = await openLedgers();
    tables.misbehave(refuses(403, 'AuthorizationFailure'));
    for (let second = 0; second <= 330; second += 6) {
      clock.nowMs = START_MS + second * 1_000;
      await faulty.ledger.view();
    }
    expect(faulty.signals.map(({ kind }) => kind)).toEqual(['ledger-lost', 'ledger-lost']);
    tables.misbehave(refuses(404, 'TableNotFound'));
    clock.nowMs += 61_000;
    await faulty.ledger.view();
    tables.misbehave({ kind: 'none' });
    clock.nowMs += 9_000;
    await faulty.ledger.view();
    await faulty.ledger.view();
    expect(faulty.signals.slice(2)).toEqual([
      expect.objectContaining({ kind: 'ledger-lost', code: 'TableNotFound' }),
      { kind: 'ledger-back', detail: "The pool's state is shared again after 400 s.", lostMs: 400_000 },
    ]);
  });

  it('from another connection leaves the local share, and the signal names how', async () => {
    const { clock } = await openLedgers();
    const signals: PoolSignal[] = [];
    const unreachable = TableClient.fromConnectionString(
      storage.connectionString.replace(/(TableEndpoint=http:\/\/127\.0\.0\.1):\d+/, '$1:9'),
      'pool',
      { allowInsecureConnection: true, retryOptions: { maxRetries: 0 } },
    );
    const ledger = createSharedLedger((group) => createTableStateStore(unreachable, group), only, {
      httpShare: 0.2,
      localShare: 0.1,
      now: () => clock.nowMs,
      sleep: (waitMs) => sleepMs(waitMs),
      random: () => 0,
      signal: (signal) => signals.push(signal),
    });
    expect(await isLocal(ledger)).toBe(true);
    expect(signals).toMatchObject([{ kind: 'ledger-lost', status: null, code: 'ECONNREFUSED' }]);
  });
});

describe('a storage that does not answer', () => {
  it.each(['GET', 'POST'])('to %s is waited for within bounds', async (method) => {
    const { faulty } = await openLedgers();
    tables.misbehave({ kind: 'silent', isDone: false }, { methods: [method] });
    await booked(faulty.ledger, 500);
    expect(faulty.signals).toMatchObject([{ kind: 'ledger-lost', reason: 'unavailable', status: null }]);
    expect(faulty.signals[0]?.detail).toContain('did not answer within 2000 ms');
  });

  it('in time is no loss while it answers within the bounds', async () => {
    const { faulty, other } = await openLedgers();
    tables.misbehave({ kind: 'slow', waitMs: 200 });
    await booked(faulty.ledger);
    expect(await isLocal(faulty.ledger)).toBe(false);
    expect((await other.ledger.view())[0]?.bookedTokens).toBe(1_500);
  });
});

describe('a write whose answer is lost', () => {
  const ambiguous = [
    ['503 ServerBusy', refuses(503, 'ServerBusy', true), refuses(503, 'ServerBusy', false)],
    ['500 OperationTimedOut', refuses(500, 'OperationTimedOut', true), refuses(500, 'OperationTimedOut', false)],
  ] as const;

  it.each(ambiguous)('with %s books once, whether it was done or not', async (_, done, notDone) => {
    for (const fault of [done, notDone]) {
      for (const isFirst of [true, false]) {
        const { faulty, other, clock } = await openLedgers();
        if (!isFirst) await booked(other.ledger, 100);
        clock.nowMs += 3_000;
        tables.misbehave(fault, { methods: ['POST', 'PUT'], calls: 1 });
        const booking = await booked(faulty.ledger);
        expect(await isLocal(faulty.ledger)).toBe(false);
        const bookedBefore = isFirst ? 0 : 150;
        expect((await other.ledger.view())[0]?.bookedTokens).toBe(bookedBefore + 1_500);
        await other.ledger.release(booking);
        expect((await other.ledger.view())[0]?.bookedTokens).toBe(bookedBefore);
      }
    }
  });

  it.each(ambiguous)('with %s counts an ending once', async (_, done, notDone) => {
    for (const fault of [done, notDone]) {
      const { faulty, other } = await openLedgers();
      const booking = await booked(faulty.ledger);
      tables.misbehave(fault, { methods: ['PUT'], calls: 1 });
      await faulty.ledger.settle(booking, answered(), 100);
      expect((await other.ledger.view())[0]?.answered).toBe(1);
    }
  });

  it.each([true, false])('by a storage that never answers leaves nothing booked twice (done: %s)', async (isDone) => {
    const { faulty, other, clock } = await openLedgers();
    await booked(other.ledger, 100);
    clock.nowMs += 3_000;
    await faulty.ledger.view();
    tables.misbehave({ kind: 'silent', isDone }, { methods: ['PUT'] });
    const placement = await faulty.ledger.book(need({ admissionTokens: 500, caller: 'http' }));
    expect(placement.kind).toBe('booked');
    tables.misbehave({ kind: 'none' });
    clock.nowMs += 6_000;
    expect(await isLocal(faulty.ledger)).toBe(false);
    expect((await other.ledger.view())[0]?.bookedTokens).toBe(150 + 750);
  });

  it.each([true, false])('leaves nothing booked where the local share had no room (done: %s)', async (isDone) => {
    const { faulty, other, clock } = await openLedgers();
    await booked(other.ledger, 100);
    clock.nowMs += 3_000;
    await faulty.ledger.view();
    tables.misbehave({ kind: 'silent', isDone }, { methods: ['PUT'] });
    expect((await faulty.ledger.book(need({ admissionTokens: 4_000, caller: 'http' }))).kind).toBe('wait');
    tables.misbehave({ kind: 'none' });
    clock.nowMs += 6_000;
    await faulty.ledger.view();
    expect((await other.ledger.view())[0]?.bookedTokens).toBe(150);
  });
});

describe('a row that cannot be read', () => {
  const text = (value: string): Record<string, unknown> => ({ part0: deflateRawSync(value) });
  const good = { shape: 3, states: [], line: [], answers: [], lastHttpMs: 0, lineEndMs: 0, pressedMs: 0, sequence: 0 };
  const state = { charges: [[], [], [], [], [], [], [], []], circuit: {}, factor: {} };

  it.each([
    ['is damaged', { part0: Buffer.from('no deflate') }, 'its 1 parts cannot be decompressed'],
    ['is empty', { part0: Buffer.alloc(0) }, 'its 1 parts cannot be decompressed'],
    ['has no parts', { other: 1 }, 'the row has no property `part0` with bytes'],
    ['has text for bytes', { part0: 'text' }, 'the row has no property `part0` with bytes'],
    ['is not JSON', text('{'), 'its 1 characters are not JSON'],
    ['is another JSON', text('[]'), 'it has shape undefined, and this version reads shape 3'],
    ['has another shape', text('{"shape":0}'), 'it has shape 0, and this version reads shape 3'],
    ['lacks columns', text(JSON.stringify(good)), '`line` is wrong: other columns than were written'],
    [
      'has a state without a circuit',
      text(JSON.stringify({ ...good, line: Array(8).fill([]), states: [['a', state]] })),
      '`states.0.1.circuit` is wrong',
    ],
  ])('because it %s is set aside, and the pool begins anew a minute later', async (_, row, wrong) => {
    const { table, faulty, other, clock } = await openLedgers();
    await table.createEntity({ partitionKey: SEED_MODEL, rowKey: 'state', ...row });
    const asked = need({ admissionTokens: 1_000, caller: 'http' });
    expect((await faulty.ledger.book(asked)).kind).toBe('wait');
    expect((await other.ledger.book(need({ admissionTokens: 100, caller: 'http' }))).kind).toBe('wait');
    expect(faulty.signals).toMatchObject([{ kind: 'ledger-lost', reason: 'unreadable' }]);
    expect(faulty.signals[0]?.detail).toContain(wrong);
    expect(other.signals).toEqual([]);
    const aside = await table.getEntity(SEED_MODEL, 'state-unreadable');
    expect(Object.keys(aside)).toEqual(expect.arrayContaining(Object.keys(row)));
    clock.nowMs += 61_000;
    expect((await faulty.ledger.book(asked)).kind).toBe('booked');
    expect(await isLocal(faulty.ledger)).toBe(false);
  });

  it('keeps what the instance knows of circuits', async () => {
    const { table, faulty } = await openLedgers();
    await faulty.ledger.settle(await booked(faulty.ledger), refused('unauthorized', 401), 10);
    await table.upsertEntity(
      { partitionKey: SEED_MODEL, rowKey: 'state', part0: Buffer.from('no deflate') },
      'Replace',
    );
    expect((await faulty.ledger.book(need())).kind).toBe('outage');
  });

  it('because it was removed is begun anew a minute later', async () => {
    const { table, faulty, clock } = await openLedgers();
    await booked(faulty.ledger);
    await table.deleteEntity(SEED_MODEL, 'state');
    clock.nowMs += 1_000;
    expect((await faulty.ledger.book(need({ caller: 'http' }))).kind).toBe('wait');
    expect(faulty.signals[0]?.detail).toContain(`The pool's state of ${SEED_MODEL} was removed.`);
  });
});

describe('a state that is too large', () => {
  it('is named with its size, and the local share goes on', async () => {
    const { table, clock } = await openLedgers();
    const signals: PoolSignal[] = [];
    const deployments = Array.from({ length: 2_500 }, (_, index) => ({
      ...(only[0] as Deployment),
      name: Array.from({ length: 40 }, () => randomUUID()).join(`-${index}-`),
    }));
    const ledger = createSharedLedger((group) => withoutTime(createTableStateStore(table, group)), deployments, {
      httpShare: 0.2,
      localShare: 0.1,
      now: () => clock.nowMs,
      sleep: (waitMs) => sleepMs(waitMs),
      random: () => 0,
      signal: (signal) => signals.push(signal),
    });
    await ledger.book(need({ admissionTokens: 500, caller: 'http' }));
    expect(signals).toMatchObject([{ kind: 'ledger-lost', reason: 'too-large', status: null }]);
    expect(signals[0]?.detail).toMatch(/^The pool's state takes [\d,]{7,9} bytes, and its row holds 960,000\.$/);
    expect(await isLocal(ledger)).toBe(true);
  });

  it.each(['EntityTooLarge', 'PropertyValueTooLarge', 'RequestBodyTooLarge'])(
    'is one that the service refuses with %s',
    async (code) => {
      const { faulty } = await openLedgers();
      tables.misbehave(refuses(code === 'RequestBodyTooLarge' ? 413 : 400, code), { methods: ['POST'] });
      await booked(faulty.ledger, 500);
      expect(faulty.signals).toMatchObject([{ kind: 'ledger-lost', reason: 'too-large' }]);
    },
  );
});

describe('a step that throws', () => {
  it("is its own caller's: the others of its batch go on, and nothing is lost", async () => {
    const { table, clock } = await openLedgers();
    const signals: PoolSignal[] = [];
    const shared = createSharedState(withoutTime(createTableStateStore(table, SEED_MODEL)), only, {
      httpShare: 0.2,
      localShare: 0.1,
      now: () => clock.nowMs,
      sleep: (waitMs) => sleepMs(waitMs),
      random: () => 0,
      signal: (signal) => signals.push(signal),
    });
    const count = () => shared.step((pool) => ({ state: { ...pool, sequence: pool.sequence + 1 }, result: 'done' }));
    const ends = await Promise.allSettled([
      count(),
      shared.step(() => {
        throw new RangeError('Invalid array length');
      }),
      count(),
    ]);
    expect(ends.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(ends[1]).toMatchObject({ reason: new RangeError('Invalid array length') });
    expect(await shared.look()).toMatchObject({ pool: { sequence: 2 }, localShare: undefined });
    expect(signals).toEqual([]);
  });
});

describe('the local share', () => {
  const lowered = throttled({ waitMs: 1_000, hints: { limitTokens: 5_000, remainingTokens: 5_000 } });

  it('is a part of a limit that the service has lowered, and leaves it lowered', async () => {
    const { faulty, clock } = await openLedgers();
    await faulty.ledger.settle(await booked(faulty.ledger, 100), lowered, 10);
    clock.nowMs += 61_000;
    tables.misbehave(refuses(403, 'AuthorizationFailure'));
    expect((await faulty.ledger.book(need({ admissionTokens: 500, caller: 'http' }))).kind).toBe('booked');
    expect((await faulty.ledger.book(need({ admissionTokens: 400, caller: 'http' }))).kind).toBe('wait');
    tables.misbehave({ kind: 'none' });
    clock.nowMs += 61_000;
    expect((await faulty.ledger.book(need({ admissionTokens: 5_001, caller: 'http' }))).kind).toBe('wait');
    expect((await faulty.ledger.book(need({ admissionTokens: 3_000, caller: 'http' }))).kind).toBe('booked');
  });

  it('hands on what keeps requests off a deployment: waits, lowered limits and circuits', async () => {
    const { faulty, other, clock } = await openLedgers(seedPool.slice(0, 3));
    const bookings = await Promise.all([1, 2, 3].map(() => booked(faulty.ledger, 300)));
    clock.nowMs += 1_000;
    tables.misbehave(refuses(403, 'AuthorizationFailure'));
    const [throttledOne, loweredOne, signedOut] = bookings;
    if (!throttledOne || !loweredOne || !signedOut) throw new Error('Expected three bookings.');
    await faulty.ledger.settle(throttledOne, throttled({ waitMs: 30_000 }), 10);
    await faulty.ledger.settle(loweredOne, lowered, 10);
    await faulty.ledger.settle(signedOut, refused('unauthorized', 401), 10);
    tables.misbehave({ kind: 'none' });
    clock.nowMs += 6_000;
    await faulty.ledger.view();
    const views = await other.ledger.view();
    const viewOf = ({ deployment }: Booking) => views.find((view) => view.deployment.name === deployment.name);
    expect(viewOf(throttledOne)).toMatchObject({ throttled: 1, freeFromMs: START_MS + 31_000 });
    expect(viewOf(signedOut)?.circuit).toMatchObject({ state: 'open', reason: 'answers 401: It said unauthorized' });
    const onLowered = { deploymentName: loweredOne.deployment.name, admissionTokens: 5_001, caller: 'http' } as const;
    clock.nowMs += 61_000;
    expect((await other.ledger.book(need(onLowered))).kind).toBe('wait');
    expect((await other.ledger.book(need({ ...onLowered, admissionTokens: 3_000 }))).kind).toBe('booked');
  });
});
