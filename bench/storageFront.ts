import { randomBytes } from 'node:crypto';
import { TableClient } from '@azure/data-tables';
import { BlobServiceClient } from '@azure/storage-blob';
import { QueueServiceClient } from '@azure/storage-queue';
import { startStorage } from '../local/storage/startStorage.ts';
import { percentile, printFigure } from './figure.ts';

const ROUNDS = 300;
const ROWS = 50;
const BLOB_BYTES = 200_000;

type Steps = Readonly<Record<string, () => Promise<unknown>>>;

/**
 * What the front adds to a storage call: the same calls of the same clients through it and past it, in turn, so that what else
 * the machine does weighs on both alike.
 */
export async function benchStorageFront(): Promise<void> {
  const storage = await startStorage();
  try {
    const direct = await makeSteps(storage.azurite.connectionString, 'direct');
    const front = await makeSteps(storage.connectionString, 'front');
    for (const name of Object.keys(front)) {
      const [directMs, frontMs]: [number[], number[]] = [[], []];
      for (let round = 0; round < ROUNDS; round += 1) {
        directMs.push(await timed(direct[name]));
        frontMs.push(await timed(front[name]));
      }
      const baseline = { name: 'the same client on Azurite', value: percentile(directMs, 0.5) };
      printFigure({ figure: `storageFront.${name}.p50`, value: percentile(frontMs, 0.5), unit: 'ms', baseline });
    }
  } finally {
    await storage.stop();
  }
}

async function makeSteps(connectionString: string, name: string): Promise<Steps> {
  const table = TableClient.fromConnectionString(connectionString, name, { allowInsecureConnection: true });
  const container = BlobServiceClient.fromConnectionString(connectionString).getContainerClient(name);
  const queue = QueueServiceClient.fromConnectionString(connectionString).getQueueClient(name);
  await Promise.all([table.createTable(), container.create(), queue.create()]);
  const rows = Array.from({ length: ROWS }, (_, place) => ({
    partitionKey: 'p',
    rowKey: `${place}`,
    text: 'x'.repeat(900),
  }));
  await table.submitTransaction(rows.map((row) => ['create', row]));
  const bytes = randomBytes(BLOB_BYTES);
  const blob = container.getBlockBlobClient('image.png');
  await blob.uploadData(bytes);
  return {
    readEntity: () => table.getEntity('p', '1'),
    writeEntity: () => table.upsertEntity({ partitionKey: 'w', rowKey: '1', text: 'é'.repeat(900) }, 'Replace'),
    // Behind the front a listing may take more pages.
    listEntities: () => Array.fromAsync(table.listEntities({ queryOptions: { filter: "PartitionKey eq 'p'" } })),
    sendMessage: () => queue.sendMessage('a message'),
    uploadBlob: () => blob.uploadData(bytes),
    downloadBlob: () => blob.downloadToBuffer(),
  };
}

async function timed(step: (() => Promise<unknown>) | undefined): Promise<number> {
  const startedAt = performance.now();
  await step?.();
  return performance.now() - startedAt;
}
