import { randomUUID } from 'node:crypto';
import { TableClient } from '@azure/data-tables';
import { BlobServiceClient, type ContainerClient } from '@azure/storage-blob';
import { type QueueClient, QueueServiceClient } from '@azure/storage-queue';
import { afterAll, beforeAll } from 'vitest';
import { type StartedStorage, startStorage } from '../../../../local/storage/startStorage.ts';

/** A strict account of a test file, and what lies in it. */
export interface FrontStorage {
  readonly started: () => StartedStorage;
  readonly table: () => Promise<TableClient>;
  readonly container: () => Promise<ContainerClient>;
  readonly queue: () => Promise<QueueClient>;
}

export function useFront(): FrontStorage {
  let storage: StartedStorage;
  beforeAll(async () => {
    storage = await startStorage();
  });
  afterAll(() => storage.stop());
  return {
    started: () => storage,
    table: async () => {
      const name = `t${randomUUID().replaceAll('-', '')}`;
      const options = { allowInsecureConnection: true };
      const table = TableClient.fromConnectionString(storage.connectionString, name, options);
      await table.createTable();
      return table;
    },
    container: async () => {
      const blobs = BlobServiceClient.fromConnectionString(storage.connectionString);
      const container = blobs.getContainerClient(`c${randomUUID()}`);
      await container.create();
      return container;
    },
    queue: async () => {
      const queues = QueueServiceClient.fromConnectionString(storage.connectionString);
      const queue = queues.getQueueClient(`q${randomUUID()}`);
      await queue.create();
      return queue;
    },
  };
}

/** What came of a call: 'taken', or the status and the code with which it was refused. */
export async function outcomeOf(call: Promise<unknown>): Promise<string> {
  return call.then(
    () => 'taken',
    (error: Refused) => `${error.statusCode} ${error.code ?? error.details?.odataError?.code}`,
  );
}

interface Refused {
  readonly statusCode?: number;
  readonly code?: string;
  readonly details?: { readonly odataError?: { readonly code?: string } };
}

/** Calls until the numbers, in turn, are used up; then 1, which chooses nothing. */
export function choices(...numbers: number[]): () => number {
  return () => numbers.shift() ?? 1;
}
