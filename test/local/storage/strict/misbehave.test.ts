import { randomUUID } from 'node:crypto';
import { TableClient } from '@azure/data-tables';
import { BlobServiceClient, type ContainerClient } from '@azure/storage-blob';
import { type QueueClient, QueueServiceClient } from '@azure/storage-queue';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Azurite } from '../../../../local/storage/startAzurite.ts';
import { type StorageFront, startStorageFront } from '../../../../local/storage/startStorageFront.ts';
import { readStorageCall } from '../../../../local/storage/storageCall.ts';
import { DEFAULT_FAULTS, makeMisbehave, type RandomFaults } from '../../../../local/storage/strict/misbehave.ts';
import type { FaultTarget, StorageFault } from '../../../../local/storage/strict/storageFault.ts';
import { storageErrorOf } from '../../../../shared/storage/storageError.ts';
import { takeAzurite } from '../../../support/takeAzurite.ts';

const storage = makeMisbehave({ seed: 1 });
let azurite: Azurite;
let front: StorageFront;
let results: ContainerClient;
let due: QueueClient;
let rows: TableClient;

beforeAll(async () => {
  azurite = await takeAzurite();
  front = await startStorageFront({ azurite, layers: [storage.layer] });
  // Clients that do not try again, so that a test sees what comes.
  const once = { retryOptions: { maxTries: 1 } };
  const { connectionString } = front;
  results = BlobServiceClient.fromConnectionString(connectionString, once).getContainerClient('results');
  due = QueueServiceClient.fromConnectionString(connectionString, once).getQueueClient('due');
  rows = TableClient.fromConnectionString(connectionString, 'rows', {
    allowInsecureConnection: true,
    retryOptions: { maxRetries: 0 },
  });
  await Promise.all([results.create(), due.create(), rows.createTable()]);
});

afterAll(async () => {
  await front.stop();
  await azurite.stop();
});

interface Write {
  readonly target: FaultTarget;
  readonly write: () => Promise<unknown>;
  readonly isThere: () => Promise<boolean>;
}

const WRITES: readonly (readonly [string, (name: string) => Write])[] = [
  [
    'a blob',
    (name) => ({
      target: { operations: ['PutBlob'], resource: 'results' },
      write: () => results.getBlockBlobClient(name).upload('text', 4),
      isThere: () => results.getBlobClient(name).exists(),
    }),
  ],
  [
    'a message',
    (name) => ({
      target: { service: 'queue', access: 'write' },
      write: () => due.sendMessage(name),
      isThere: async () => {
        const { receivedMessageItems } = await due.receiveMessages({ numberOfMessages: 32 });
        return receivedMessageItems.some(({ messageText }) => messageText === name);
      },
    }),
  ],
  [
    'an entity',
    (name) => ({
      target: { operations: ['InsertEntity'], resource: 'rows', subject: name },
      write: () => rows.createEntity({ partitionKey: 'p', rowKey: name }),
      isThere: () =>
        rows.getEntity('p', name).then(
          () => true,
          () => false,
        ),
    }),
  ],
  [
    'a transaction',
    (name) => ({
      target: { operations: ['EntityGroupTransaction'], resource: 'rows', subject: name },
      write: () => rows.submitTransaction([['create', { partitionKey: 'p', rowKey: name }]]),
      isThere: () =>
        rows.getEntity('p', name).then(
          () => true,
          () => false,
        ),
    }),
  ],
];

const busy = { status: 503, code: 'ServerBusy' };
const timedOut = { status: 500, code: 'OperationTimedOut' };

const FAULTS: readonly (readonly [string, StorageFault, typeof busy | undefined, boolean])[] = [
  ['503 ServerBusy, not done', { kind: 'busy' }, busy, false],
  ['500 OperationTimedOut, done', { kind: 'timed-out', isDone: true }, timedOut, true],
  ['500 OperationTimedOut, not done', { kind: 'timed-out', isDone: false }, timedOut, false],
  ['a broken connection, done', { kind: 'reset', isDone: true }, undefined, true],
  ['a broken connection, not done', { kind: 'reset', isDone: false }, undefined, false],
];

// Learn, "Common REST API error codes", 2026-11: ServerBusy 503, OperationTimedOut 500, for all services.
// Azure/azure-storage-net 730, 2018-07-02: a write may have succeeded although its client saw an error.
describe.each(WRITES)('a fault of the write of %s', (_kind, writeOf) => {
  it.each(FAULTS)('is %s', async (_what, fault, refusal, isDone) => {
    const { target, write, isThere } = writeOf(randomUUID());
    storage.next(target, fault);
    const error: unknown = await write().then(
      () => undefined,
      (caught: unknown) => caught,
    );
    expect(error).toBeInstanceOf(Error);
    expect(storageErrorOf(error)).toEqual(refusal);
    expect(await isThere()).toBe(isDone);
    expect(storage.unmet()).toBe(0);
    expect(storage.log().at(-1)).toMatchObject({ fault, access: 'write', status: isDone ? expect.any(Number) : null });
  });
});

describe('makeMisbehave', () => {
  it.each([true, false])('answers a slow write with its success, done at once (%s) or late', async (isDone) => {
    storage.next({ operations: ['PutBlob'] }, { kind: 'slow', waitMs: 300, isDone });
    const blob = results.getBlockBlobClient(`slow ${isDone}`);
    let isAnswered = false;
    const writing = blob.upload('text', 4).then(() => {
      isAnswered = true;
    });
    await expect.poll(() => storage.log().at(-1)?.fault).toEqual({ kind: 'slow', waitMs: 300, isDone });
    // Done at once: the blob is there while its writer still waits.
    if (isDone) {
      await expect.poll(() => blob.exists(), { interval: 5 }).toBe(true);
      expect(isAnswered).toBe(false);
    }
    await writing;
    expect(await blob.exists()).toBe(true);
  });

  it.each([
    ['GetBlobProperties', () => results.getBlobClient('x').getProperties()],
    ['GetBlob', () => results.getBlobClient('x').download()],
    ['ListBlobs', () => results.listBlobsFlat().next()],
    ['GetMessages', () => due.receiveMessages()],
    ['GetQueueMetadata', () => due.getProperties()],
    ['GetEntity', () => rows.getEntity('p', 'x')],
    ['QueryEntities', () => rows.listEntities().next()],
  ] as const)('lets %s fail too, with the code where a client looks for it', async (operation, read) => {
    storage.next({ operations: [operation] }, { kind: 'busy' });
    const error: unknown = await read().catch((caught: unknown) => caught);
    expect(storageErrorOf(error)).toEqual(busy);
  });

  it('sends a retry delay when configured', async () => {
    storage.next({ operations: ['GetEntity'] }, { kind: 'busy', retryAfterSeconds: 3 });
    const error = (await rows.getEntity('p', 'x').catch((caught: unknown) => caught)) as {
      readonly response: { readonly headers: { get(name: string): string | undefined } };
    };
    expect(error.response.headers.get('retry-after')).toBe('3');
  });

  it('keeps scripted faults for the calls that they are meant for, in their order', async () => {
    storage.next({ resource: 'results', subject: 'b.png' }, { kind: 'busy' }, { kind: 'timed-out', isDone: false });
    const upload = (name: string): Promise<unknown> => results.getBlockBlobClient(name).upload('x', 1);
    await upload('a.png');
    await expect(upload('b.png')).rejects.toMatchObject({ statusCode: 503 });
    await expect(upload('b.png')).rejects.toMatchObject({ statusCode: 500 });
    await upload('b.png');
  });

  const met = async (seed: number, faults: RandomFaults): Promise<readonly string[]> => {
    const misbehaviour = makeMisbehave({ seed, ...faults });
    for (let count = 0; count < 400; count += 1) {
      const url = new URL(`http://127.0.0.1/a/${count % 2 === 0 ? 'images' : 'results'}/${count}`);
      const call = readStorageCall('blob', { method: 'PUT', url, headers: {} });
      if (call) await misbehaviour.layer.refuse?.(call, Buffer.alloc(0));
    }
    return misbehaviour.log().map(({ subject, fault }) => `${subject} ${JSON.stringify(fault)}`);
  };
  const quick = DEFAULT_FAULTS.filter(({ kind }) => kind !== 'slow');

  it('meets the same calls with the same faults for the same seed, and as many as its rate says', async () => {
    const first = await met(7, { rate: 0.2, faults: quick });
    expect(await met(7, { rate: 0.2, faults: quick })).toEqual(first);
    expect(await met(8, { rate: 0.2, faults: quick })).not.toEqual(first);
    // 400 calls at 0.2: 80, and four standard deviations to either side.
    expect(first.length).toBeGreaterThan(48);
    expect(first.length).toBeLessThan(112);
    expect(new Set(first.map((line) => line.slice(line.indexOf('{')))).size).toBe(quick.length);
  });

  it('leaves alone what its target leaves out, and everything at rate 0', async () => {
    const target = { resource: 'results' };
    const subjects = await met(7, { rate: 1, faults: quick, target });
    expect(subjects).toHaveLength(200);
    expect(await met(7, { rate: 0 })).toEqual([]);
  });
});
