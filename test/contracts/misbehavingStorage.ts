import { randomUUID } from 'node:crypto';
import { TableClient } from '@azure/data-tables';
import { BlobServiceClient } from '@azure/storage-blob';
import { type QueueClient, QueueServiceClient } from '@azure/storage-queue';
import { afterAll, beforeAll } from 'vitest';
import { startAzurite } from '../../local/storage/startAzurite.ts';
import { startStorageFront } from '../../local/storage/startStorageFront.ts';
import { type Misbehaviour, makeMisbehave } from '../../local/storage/strict/misbehave.ts';

/** What a store is made of. */
export interface StoreClients {
  readonly blobs: BlobServiceClient;
  readonly table: (name: string) => TableClient;
  readonly queue: (name: string) => QueueClient;
}

export interface MisbehavingStorage {
  readonly faults: Misbehaviour;
  /** Clients that try again as they do on Azure, only sooner. */
  readonly patient: () => StoreClients;
  /** Clients that give up at once: what is tried again then, the application tries again. */
  readonly once: () => StoreClients;
  /** Past the faults: what really lies there. */
  readonly direct: () => StoreClients;
  /** A new one each, by its name. */
  readonly makeTable: () => Promise<string>;
  readonly makeContainer: (name?: string) => Promise<string>;
  readonly makeQueue: () => Promise<string>;
}

/** Starts Azurite behind scripted faults for the tests of the file that calls it, and stops it after them. */
export function useMisbehavingStorage(): MisbehavingStorage {
  const faults = makeMisbehave({ seed: 1 });
  let strings = { front: '', azurite: '' };
  let stop = async (): Promise<void> => undefined;
  beforeAll(async () => {
    const azurite = await startAzurite();
    const front = await startStorageFront({ azurite, layers: [faults.layer] });
    strings = { front: front.connectionString, azurite: azurite.connectionString };
    stop = async () => {
      await front.stop();
      await azurite.stop();
    };
  });
  afterAll(() => stop());
  const direct = (): StoreClients => clientsFor(strings.azurite, { tries: 1 });
  return {
    faults,
    patient: () => clientsFor(strings.front, { tries: 4 }),
    once: () => clientsFor(strings.front, { tries: 1 }),
    direct,
    makeTable: async () => {
      const name = `t${randomUUID().replaceAll('-', '')}`;
      await direct().table(name).createTable();
      return name;
    },
    makeContainer: async (name = `c${randomUUID()}`) => {
      await direct().blobs.getContainerClient(name).createIfNotExists();
      return name;
    },
    makeQueue: async () => {
      const name = `q${randomUUID()}`;
      await direct().queue(name).create();
      return name;
    },
  };
}

function clientsFor(connectionString: string, { tries }: { readonly tries: number }): StoreClients {
  const retryOptions = { maxTries: tries, retryDelayInMs: 10, maxRetryDelayInMs: 50 };
  return {
    blobs: BlobServiceClient.fromConnectionString(connectionString, { retryOptions }),
    queue: (name) => QueueServiceClient.fromConnectionString(connectionString, { retryOptions }).getQueueClient(name),
    table: (name) =>
      TableClient.fromConnectionString(connectionString, name, {
        allowInsecureConnection: true,
        retryOptions: { maxRetries: tries - 1, retryDelayInMs: 10, maxRetryDelayInMs: 50 },
      }),
  };
}
