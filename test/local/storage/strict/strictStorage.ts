import { randomUUID } from 'node:crypto';
import { TableClient, TableServiceClient } from '@azure/data-tables';
import { BlobServiceClient, type ContainerClient } from '@azure/storage-blob';
import { type QueueClient, QueueServiceClient } from '@azure/storage-queue';
import { afterAll, beforeAll } from 'vitest';
import { type StartedStorage, startStorage } from '../../../../local/storage/startStorage.ts';
import type { StorageLayer } from '../../../../local/storage/storageLayer.ts';
import { storageErrorOf } from '../../../../shared/storage/storageError.ts';
import { takeAzurite } from '../../../support/takeAzurite.ts';

/** Clients of a storage behind layers. */
export interface StrictStorage {
  readonly started: () => StartedStorage;
  readonly connectionString: () => string;
  /** These do not try again. */
  readonly blobs: () => BlobServiceClient;
  readonly queues: () => QueueServiceClient;
  readonly tables: () => TableServiceClient;
  /** Of a table that may not be there. */
  readonly table: (name: string) => TableClient;
  /** A new one each, whose client tries again: a connection may break under a body that is refused. */
  readonly newTable: () => Promise<TableClient>;
  readonly newContainer: () => Promise<ContainerClient>;
  readonly newQueue: () => Promise<QueueClient>;
}

/**
 * Starts Azurite behind these layers alone, or without any behind all of the strict ones, for the tests of the file that
 * calls it, and stops it after them.
 */
export function useStrictStorage(...layers: readonly StorageLayer[]): StrictStorage {
  let storage: StartedStorage;
  beforeAll(async () => {
    storage = await startStorage({
      azurite: await takeAzurite(),
      layers,
      strictness: layers.length === 0 ? 'strict' : 'none',
    });
  });
  afterAll(() => storage.stop());
  const once = { retryOptions: { maxTries: 1 } };
  const ofTables = { allowInsecureConnection: true, retryOptions: { maxRetries: 0 } };
  const connectionString = (): string => storage.connectionString;
  const blobs = (): BlobServiceClient => BlobServiceClient.fromConnectionString(connectionString(), once);
  const queues = (): QueueServiceClient => QueueServiceClient.fromConnectionString(connectionString(), once);
  const table = (name: string): TableClient => TableClient.fromConnectionString(connectionString(), name, ofTables);
  const made = async <Client>(client: Client, make: Promise<unknown>): Promise<Client> => {
    await make;
    return client;
  };
  return {
    started: () => storage,
    connectionString,
    blobs,
    queues,
    tables: () => TableServiceClient.fromConnectionString(connectionString(), ofTables),
    table,
    newTable: () => {
      const name = `t${randomUUID().replaceAll('-', '')}`;
      const client = TableClient.fromConnectionString(connectionString(), name, { allowInsecureConnection: true });
      return made(client, client.createTable());
    },
    newContainer: () => {
      const client = BlobServiceClient.fromConnectionString(connectionString()).getContainerClient(`c${randomUUID()}`);
      return made(client, client.create());
    },
    newQueue: () => {
      const client = QueueServiceClient.fromConnectionString(connectionString()).getQueueClient(`q${randomUUID()}`);
      return made(client, client.create());
    },
  };
}

/** What a call was refused with, as `409 BlobArchived`; `done` where it was not. */
export async function endOf(call: Promise<unknown>): Promise<string> {
  return call.then(
    () => 'done',
    (error: unknown) => {
      const refusal = storageErrorOf(error);
      if (refusal === undefined) throw error;
      return `${refusal.status} ${refusal.code ?? 'without a code'}`;
    },
  );
}

/** Calls until the numbers, in turn, are used up; then 1, which chooses nothing. */
export function choices(...numbers: number[]): () => number {
  return () => numbers.shift() ?? 1;
}
