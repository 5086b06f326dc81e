import { setTimeout as sleep } from 'node:timers/promises';
import { beforeEach, describe, expect, it } from 'vitest';
import type { StorageFault } from '../../local/storage/strict/storageFault.ts';
import type { Ledger, PoolSignal } from '../../shared/pool/ledger.ts';
import { createSharedLedger } from '../../shared/pool/sharedLedger.ts';
import { createTableStateStore } from '../../shared/pool/tableStateStore.ts';
import { need, SEED_MODEL, seedDeployment, throttled } from '../pool/deployments.ts';
import { type StoreClients, useMisbehavingStorage } from './misbehavingStorage.ts';

const storage = useMisbehavingStorage();
const WRITES = ['InsertEntity', 'UpdateEntity'] as const;
let name = '';

beforeEach(async () => {
  name = await storage.makeTable();
});

function ledgerOn({ table }: StoreClients, signals: PoolSignal[] = []): Ledger {
  return createSharedLedger((group) => createTableStateStore(table(name), group), [seedDeployment('westus')], {
    ...{ httpShare: 0.2, localShare: 0.1, now: Date.now, random: () => 0 },
    sleep: (waitMs) => sleep(waitMs),
    signal: (signal) => signals.push(signal),
  });
}

const wanted = () => need({ admissionTokens: 1_000, createdMs: Date.now() });
const viewed = async () => (await ledgerOn(storage.direct()).view())[0];

const FAULTS: readonly (readonly [string, StorageFault])[] = [
  ['done and answered 500', { kind: 'timed-out', isDone: true }],
  ['done and cut off', { kind: 'reset', isDone: true }],
  ['not done and answered 500', { kind: 'timed-out', isDone: false }],
  ['refused with 503', { kind: 'busy' }],
];

// Azure/azure-storage-net 730 (2018-07-02): a write may have succeeded although its client saw an error; its retry meets itself.
describe.each(FAULTS)('the pool, whose write is %s', (_what, fault) => {
  it('books one start once', async () => {
    storage.faults.next({ operations: WRITES, resource: name }, fault);
    const placement = await ledgerOn(storage.patient()).book(wanted());
    if (placement.kind !== 'booked') throw new Error(`Expected a booking, got ${placement.kind}.`);
    expect((await viewed())?.bookedTokens).toBe(placement.booking.bookedTokens);
  });

  it('counts one refusal once, and signals it once', async () => {
    const signals: PoolSignal[] = [];
    const placement = await ledgerOn(storage.direct()).book(wanted());
    if (placement.kind !== 'booked') throw new Error(`Expected a booking, got ${placement.kind}.`);
    storage.faults.next({ operations: WRITES, resource: name }, fault);
    await ledgerOn(storage.patient(), signals).settle(placement.booking, throttled({ waitMs: 7_000 }), 100);
    expect((await viewed())?.throttled).toBe(1);
    expect(signals.map(({ kind }) => kind)).toEqual(['throttled']);
  });
});

describe('the pool, whose table', () => {
  const SLOW = { kind: 'slow', waitMs: 3_000, isDone: false } as const;

  it('does not answer for longer than its patience, goes on with a local share', async () => {
    storage.faults.next({ operations: ['GetEntity'], resource: name }, SLOW);
    const ledger = ledgerOn(storage.once());
    expect((await ledger.book(wanted())).kind).toBe('booked');
    expect((await ledger.view())[0]?.localShare).toBe(0.1);
  });

  it('is slow to write for longer than its patience, goes on with a local share', async () => {
    storage.faults.next({ operations: WRITES, resource: name }, SLOW);
    const ledger = ledgerOn(storage.once());
    expect((await ledger.book(wanted())).kind).toBe('booked');
    expect((await ledger.view())[0]?.localShare).toBe(0.1);
  });

  it('is slow for less, is waited for', async () => {
    storage.faults.next({ resource: name }, { ...SLOW, waitMs: 300 });
    const ledger = ledgerOn(storage.once());
    expect((await ledger.book(wanted())).kind).toBe('booked');
    expect((await ledger.view())[0]?.localShare).toBeUndefined();
  });

  it('is busy at every try, goes on with a local share', async () => {
    storage.faults.next({ resource: name }, { kind: 'busy' });
    const ledger = ledgerOn(storage.once());
    expect((await ledger.book(wanted())).kind).toBe('booked');
    expect((await ledger.view())[0]?.localShare).toBe(0.1);
  });
});

// Learn, "Table service error codes" (2026-11): a stale ETag 412, an insert of what is there 409, a missing row 404 ResourceNotFound,
// a missing table 404 TableNotFound.
describe('tableStateStore.write', () => {
  const store = () => createTableStateStore(storage.once().table(name), SEED_MODEL);

  it('is `changed` for a version that is no longer there, for a first state beside another, and for a row that is gone', async () => {
    const first = await store().write('1', null);
    if (first.kind !== 'written') throw new Error('The first state was not written.');
    await store().write('2', first.version);
    expect((await store().write('3', first.version)).kind).toBe('changed');
    expect((await store().write('3', null)).kind).toBe('changed');
    await storage.direct().table(name).deleteEntity(SEED_MODEL, 'state');
    expect((await store().write('3', first.version)).kind).toBe('changed');
    expect((await store().read()).text).toBeNull();
  });

  it('throws where the table itself is missing', async () => {
    await storage.direct().table(name).deleteTable();
    await expect(store().write('1', null)).rejects.toMatchObject({ statusCode: 404 });
  });
});
