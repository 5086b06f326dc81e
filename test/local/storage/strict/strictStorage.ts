import { TableClient, TableServiceClient } from '@azure/data-tables';
import { BlobServiceClient } from '@azure/storage-blob';
import { QueueServiceClient } from '@azure/storage-queue';
import { afterAll, beforeAll } from 'vitest';
import { startAzurite } from '../../../../local/storage/startAzurite.ts';
import { startStorageFront } from '../../../../local/storage/startStorageFront.ts';
import type { StorageLayer } from '../../../../local/storage/storageLayer.ts';
import { storageErrorOf } from '../../../../shared/storage/storageError.ts';

/** Clients of a storage behind layers; none tries again. */
export interface StrictStorage {
  readonly blobs: () => BlobServiceClient;
  readonly queues: () => QueueServiceClient;
  readonly tables: () => TableServiceClient;
  readonly table: (name: string) => TableClient;
  readonly connectionString: () => string;
}

/**
 * Starts Azurite behind these layers alone, or without any behind all of the strict ones, for the tests of the file that
 * calls it, and stops it after them.
 */
export function useStrictStorage(...layers: readonly StorageLayer[]): StrictStorage {
  let connectionString = '';
  let stop = async (): Promise<void> => undefined;
  beforeAll(async () => {
    const azurite = await startAzurite();
    const front = await startStorageFront({ azurite, layers, strictness: layers.length === 0 ? 'strict' : 'none' });
    connectionString = front.connectionString;
    stop = async () => {
      await front.stop();
      await azurite.stop();
    };
  });
  afterAll(() => stop());
  const once = { retryOptions: { maxTries: 1 } };
  const ofTables = { allowInsecureConnection: true, retryOptions: { maxRetries: 0 } };
  return {
    blobs: () => BlobServiceClient.fromConnectionString(connectionString, once),
    queues: () => QueueServiceClient.fromConnectionString(connectionString, once),
    tables: () => TableServiceClient.fromConnectionString(connectionString, ofTables),
    table: (name) => TableClient.fromConnectionString(connectionString, name, ofTables),
    connectionString: () => connectionString,
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
