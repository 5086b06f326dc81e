import { randomUUID } from 'node:crypto';
import { TableClient, type TableServiceClientOptions } from '@azure/data-tables';
import { BlobServiceClient } from '@azure/storage-blob';
import { type QueueClient, QueueServiceClient } from '@azure/storage-queue';
import { afterAll, beforeAll } from 'vitest';
import { startStorage } from '../../local/storage/startStorage.ts';
import { takeAzurite } from './takeAzurite.ts';

/** A storage account of a test file, in memory. */
export interface TestStorage {
  readonly blobs: () => BlobServiceClient;
  /** A new container, table or queue each. */
  readonly container: (name?: string, pages?: Pages) => Promise<string>;
  readonly table: (options?: TableServiceClientOptions & Pages) => Promise<TableClient>;
  readonly queue: () => Promise<QueueClient>;
}

/** The most items of a page, where listings begin with an empty page. Absent: the storage's own choice. */
interface Pages {
  readonly mostItems?: number | undefined;
}

/** Starts a storage account for the tests of the file that calls it, as strict as the real one, and stops it after them. */
export function useStorage({ mostItems: usual }: Pages = {}): TestStorage {
  const mostItemsOf = new Map<string, number | undefined>();
  const smallPages = (resource: string): number | undefined => mostItemsOf.get(resource) ?? usual;
  let connectionString = '';
  let stop = async (): Promise<void> => undefined;
  beforeAll(async () => {
    ({ connectionString, stop } = await startStorage({ azurite: await takeAzurite(), smallPages }));
  });
  afterAll(() => stop());
  const blobs = (): BlobServiceClient => BlobServiceClient.fromConnectionString(connectionString);
  return {
    blobs,
    container: async (name = `c${randomUUID()}`, { mostItems } = {}) => {
      mostItemsOf.set(name, mostItems);
      await blobs().getContainerClient(name).createIfNotExists();
      return name;
    },
    table: async ({ mostItems, ...options } = {}) => {
      const name = `t${randomUUID().replaceAll('-', '')}`;
      mostItemsOf.set(name, mostItems);
      const table = TableClient.fromConnectionString(connectionString, name, {
        ...options,
        allowInsecureConnection: true,
      });
      await table.createTable();
      return table;
    },
    queue: async () => {
      const queue = QueueServiceClient.fromConnectionString(connectionString).getQueueClient(`q${randomUUID()}`);
      await queue.create();
      return queue;
    },
  };
}
