import { TableServiceClient } from '@azure/data-tables';
import { BlobServiceClient } from '@azure/storage-blob';
import { QueueServiceClient } from '@azure/storage-queue';
import { type Azurite, startAzurite } from '../../local/storage/startAzurite.ts';
import type { PartForAll } from './forAllFiles.ts';

/** What a test file gets of an Azurite. */
export type TakenAzurite = Omit<Azurite, 'stop'>;

/**
 * Azurites in memory, of which each belongs to one test file at a time. One that is given back is emptied and serves the
 * next: a start takes seconds.
 */
export function azuritesForAll(): PartForAll {
  const started = new Set<Azurite>();
  const taken = new Map<number, Azurite>();
  const free: Azurite[] = [];
  return {
    answers: {
      takeAzurite: async (): Promise<TakenAzurite> => {
        const azurite = free.pop() ?? (await startOne());
        taken.set(azurite.processId, azurite);
        const { stop: _ours, ...given } = azurite;
        return given;
      },
      giveAzurite: async (processId: number) => {
        const azurite = taken.get(processId);
        if (!azurite) return;
        taken.delete(processId);
        try {
          await empty(azurite.connectionString);
          free.push(azurite);
        } catch {
          // A test has left something that cannot be deleted, or has ended it.
          started.delete(azurite);
          await azurite.stop();
        }
      },
    },
    stop: async () => {
      await Promise.all([...started].map((azurite) => azurite.stop()));
    },
  };

  async function startOne(): Promise<Azurite> {
    const azurite = await startAzurite();
    started.add(azurite);
    return azurite;
  }
}

/** Deletes everything. @throws {Error} where something cannot be deleted */
async function empty(connectionString: string): Promise<void> {
  const blobs = BlobServiceClient.fromConnectionString(connectionString);
  const queues = QueueServiceClient.fromConnectionString(connectionString);
  const tables = TableServiceClient.fromConnectionString(connectionString, { allowInsecureConnection: true });
  await Promise.all([
    eachOf(blobs.listContainers(), ({ name }) => blobs.deleteContainer(name)),
    eachOf(queues.listQueues(), ({ name }) => queues.deleteQueue(name)),
    eachOf(tables.listTables(), ({ name = '' }) => tables.deleteTable(name)),
  ]);
}

async function eachOf<Item>(items: AsyncIterable<Item>, work: (item: Item) => Promise<unknown>): Promise<void> {
  for (const item of await Array.fromAsync(items)) await work(item);
}
