import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { TableClient } from '@azure/data-tables';
import { BlobServiceClient } from '@azure/storage-blob';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startStorageFront } from '../../../../local/storage/startStorageFront.ts';
import { endOf, useStrictStorage } from './strictStorage.ts';

const storage = useStrictStorage();

const texts = (count: number): Record<string, string> =>
  Object.fromEntries(Array.from({ length: count }, (_, place) => [`t${place}`, 'é'.repeat(32_000)]));

const PROJECT = join(import.meta.dirname, '../../../..');

/** What may stand before Azurite without the rules: tests of the stand-in itself. Benchmarks say so by BENCH_STORAGE. */
const WITHOUT_RULES = ['test/local/storage/strict/strictLayers.test.ts', 'test/local/storage/strict/strictStorage.ts'];

/** The tests of Azurite alone, and what keeps Azurites for all test files, which set the front before them. */
const BARE = ['test/local/storage/startAzurite.test.ts', 'test/support/azuritesForAll.ts'];

describe('strictLayers', () => {
  it('stands before every storage that is started: what starts Azurite also starts a front', async () => {
    const withoutRules: string[] = [];
    for (const folder of ['bench', 'functions', 'infra', 'local', 'shared', 'test']) {
      for (const name of await readdir(join(PROJECT, folder), { recursive: true })) {
        if (!name.endsWith('.ts')) continue;
        const text = await readFile(join(PROJECT, folder, name), 'utf8');
        if (/strictness: .*'none'/.test(text)) withoutRules.push(join(folder, name));
        if (BARE.includes(join(folder, name)) || !/import .*\b(start|take)Azurite\b.* from /.test(text)) continue;
        expect(text, name).toMatch(
          /startStorageFront\(\{|start(Storage|Cloud)\(\{[^}]*?azurite: await takeAzurite\(\)/,
        );
      }
    }
    expect(withoutRules.toSorted()).toEqual(WITHOUT_RULES);
  });

  it('apply unless strictness is none, which leads to Azurite itself', async () => {
    const { azurite, tablePort } = storage.started();
    const bare = await startStorageFront({ azurite, strictness: 'none' });
    const { blobPort, queuePort } = azurite;
    expect(bare).toMatchObject({ blobPort, queuePort, tablePort: azurite.tablePort });
    expect(tablePort).not.toBe(azurite.tablePort);
    await bare.stop();
  });
});

describe('smallPages', () => {
  it('begins each listing with an empty page, and gives no more than it says in any other', async () => {
    const front = await startStorageFront({ azurite: storage.started().azurite, smallPages: () => 2 });
    onTestFinished(() => front.stop());
    const container = BlobServiceClient.fromConnectionString(front.connectionString).getContainerClient('small');
    await container.create();
    const table = TableClient.fromConnectionString(front.connectionString, 'small', { allowInsecureConnection: true });
    await table.createTable();
    for (const name of ['a', 'b', 'c']) {
      await container.getBlockBlobClient(name).upload('x', 1);
      await table.createEntity({ partitionKey: 'p', rowKey: name });
    }
    const blobs = await Array.fromAsync(container.listBlobsFlat().byPage(), ({ segment }) =>
      segment.blobItems.map(({ name }) => name),
    );
    const rows = await Array.fromAsync(table.listEntities().byPage(), (page) => page.map(({ rowKey }) => rowKey));
    expect([blobs, rows]).toEqual(Array(2).fill([[], ['a', 'b'], ['c']]));
  });
});

describe('startStorageProxy', () => {
  it.each([
    // Microsoft Learn, "Common REST API error codes" and "Performing entity group transactions", read 2026-11-30.
    ['5 MiB', 5],
    ['12 MiB', 12],
  ])('answers 413 to a message or transaction of %s', async (_what, mebibytes) => {
    const queue = await storage.newQueue();
    expect(await endOf(queue.sendMessage('x'.repeat(mebibytes * 1_048_576)))).toBe('413 RequestBodyTooLarge');
    const table = await storage.newTable();
    const entity = (place: number) => ({ partitionKey: 'p', rowKey: `${place}`, ...texts(16) });
    const rows = Array.from({ length: mebibytes }, (_, place) => ['create', entity(place)] as const);
    expect(await endOf(table.submitTransaction(rows.map((row) => [...row])))).toMatch(/^413 /);
  });
});
