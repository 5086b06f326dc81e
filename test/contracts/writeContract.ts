import type { TableClient } from '@azure/data-tables';
import { describe, expect, it } from 'vitest';
import type { FaultTarget, StorageFault } from '../../local/storage/strict/storageFault.ts';
import type { MisbehavingStorage, StoreClients } from './misbehavingStorage.ts';

/** One write of one store, made ready so that it may be done. */
export interface PreparedWrite {
  /** The request that meets a fault. */
  readonly target: FaultTarget;
  /** The write, by a store made of these clients; the application calls it again when it fails. */
  readonly act: (clients: StoreClients) => Promise<unknown>;
  /** What `act` gives when the write was done. */
  readonly result: unknown;
  /** What lies in the storage. */
  readonly look: () => Promise<unknown>;
  /** What lies there when the write was not done, and when it was done once. */
  readonly before: unknown;
  readonly after: unknown;
}

export interface WriteCase {
  readonly name: string;
  readonly prepare: (storage: MisbehavingStorage) => Promise<PreparedWrite>;
  /** A known fault of the product: what was done and answered with an error is not recognised when it is tried again. */
  readonly fault?: { readonly what: string; readonly triedAgainBy: readonly ('client' | 'application')[] };
}

const FAULTS: readonly (readonly [string, StorageFault, boolean])[] = [
  ['done and answered 500', { kind: 'timed-out', isDone: true }, true],
  ['done and cut off', { kind: 'reset', isDone: true }, true],
  ['not done and answered 500', { kind: 'timed-out', isDone: false }, false],
  ['not done and cut off', { kind: 'reset', isDone: false }, false],
  ['refused with 503', { kind: 'busy' }, false],
];

/**
 * What every write of every store keeps to, however the storage misbehaves: it is done once, it is recognised as its own
 * when it is tried again, by the storage's client or by the application, and a write that failed is never reported as done.
 *
 * A write may have succeeded although its client saw an error (Azure/azure-storage-net 730, 2018-07-02); the retry then meets
 * the write itself, as 409 or 412 (Azure/azure-storage-java 35, 2015-01-19; MicrosoftDocs/architecture-center 4274, 2023-10-26).
 */
export function describeWrite(storage: MisbehavingStorage, { name, prepare, fault }: WriteCase): void {
  describe(name, () => {
    describe.each(FAULTS)('that is %s', (_what, met, isDone) => {
      // `fails` turns red as soon as the product is mended: then `fault` is to be taken away.
      const triedAgainBy = (who: 'client' | 'application') =>
        isDone && fault?.triedAgainBy.includes(who) ? it.fails : it;

      triedAgainBy('client')('is done once when the client tries again', async () => {
        const { target, act, result, look, after } = await prepare(storage);
        storage.faults.next(target, met);
        expect(await act(storage.patient())).toEqual(result);
        expect(await look()).toEqual(after);
        expect(storage.faults.unmet()).toBe(0);
      });

      triedAgainBy('application')('fails, and is done once when the application tries again', async () => {
        const { target, act, result, look, before, after } = await prepare(storage);
        storage.faults.next(target, met);
        await expect(act(storage.once())).rejects.toThrow();
        expect(storage.faults.unmet()).toBe(0);
        if (!isDone) expect(await look()).toEqual(before);
        expect(await act(storage.once())).toEqual(result);
        expect(await look()).toEqual(after);
      });
    });
  });
}

/** Every row of a table. */
export async function rowsOf(table: TableClient): Promise<readonly Record<string, unknown>[]> {
  const rows: Record<string, unknown>[] = [];
  for await (const row of table.listEntities<Record<string, unknown>>()) rows.push(row);
  return rows;
}
