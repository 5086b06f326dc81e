import { readFileSync } from 'node:fs';
import { BlobServiceClient, type ContainerClient } from '@azure/storage-blob';
import { startStorage } from '../local/storage/startStorage.ts';
import { inParallel } from '../shared/concurrency/inParallel.ts';
import { createDocumentOpener } from '../shared/documents/documentOpener.ts';
import { createPdfReader } from '../shared/documents/pdf/pdfReader.ts';
import { estimateFolder } from '../shared/estimates/estimateFolder.ts';
import { resolveRequest } from '../shared/requests/resolveRequest.ts';
import { createImageStore, type ImageStore } from '../shared/storage/imageStore.ts';
import { createCalibrations } from '../shared/tokens/calibrations.ts';
import { percentile, printFigure } from './figure.ts';
import { type DrawnFile, drawFolderMix } from './folderMix.ts';
import { STRICTNESS } from './strictness.ts';

const BLOBS = 10_000;
const CONTAINERS = 10;
const BARE_BYTES = 8_192;

/**
 * 10,000 blobs of mixed formats on Azurite, in ten containers: images per second, listing and all, against bare reads of the
 * first 8 KiB of each blob by the same client, names known, as many at once; and the bytes and reads that an image takes.
 * Few images are distinct; each blob is read all the same. Containers, and not folders of one, because Azurite looks through
 * all of a container's blobs for each page of a listing, which the service does not.
 */
export async function benchEstimateFolder(): Promise<void> {
  const storage = await startStorage({ strictness: STRICTNESS });
  try {
    const blobs = BlobServiceClient.fromConnectionString(storage.connectionString);
    const containers = await Promise.all(Array.from({ length: CONTAINERS }, (_, place) => makeContainer(blobs, place)));
    const files = await drawFolderMix();
    const store = createImageStore({ blobs });
    const { counted, readsOf } = countingStore(store);
    const bare = createMeter(storage.azurite.processId);
    const estimate = createMeter(storage.azurite.processId);
    // One after the other, half of the bare reads before and half after: what else the machine does weighs on both alike.
    for (const container of containers) {
      const names = await upload(container, files);
      const half = names.length / 2;
      const { containerName } = container;
      await bare.run(() => bareReads(store, containerName, names.slice(0, half)));
      await estimate.run(() => estimateOne(counted, containerName));
      await bare.run(() => bareReads(store, containerName, names.slice(half)));
    }
    const name = 'bare reads of 8 KiB by the same client, as many at once';
    const images = (BLOBS * 1000) / estimate.clockMs();
    const reads = (BLOBS * 1000) / bare.clockMs();
    printFigure({ figure: 'estimateFolder.images', value: images, unit: '1/s', baseline: { name, value: reads } });
    const imageMs = estimate.processorMs() / BLOBS;
    const readMs = bare.processorMs() / BLOBS;
    printFigure({ figure: 'estimateFolder.processor', value: imageMs, unit: 'ms', baseline: { name, value: readMs } });
    const readsOfImages = [...readsOf.values()];
    const all = readsOfImages.reduce((sum, counts) => sum + counts.length, 0);
    printFigure({ figure: 'estimateFolder.readsPerImage', value: all / BLOBS, unit: '1' });
    const bytes = readsOfImages.map((counts) => counts.reduce((sum, count) => sum + count, 0));
    printFigure({ figure: 'estimateFolder.bytes.p50', value: percentile(bytes, 0.5), unit: 'B' });
    printFigure({ figure: 'estimateFolder.bytes.p99', value: percentile(bytes, 0.99), unit: 'B' });
    const few = readsOfImages.filter((counts) => counts.length <= 2).length;
    printFigure({ figure: 'estimateFolder.atMostTwoReads', value: (100 * few) / BLOBS, unit: '%' });
  } finally {
    await storage.stop();
  }
}

async function makeContainer(blobs: BlobServiceClient, place: number): Promise<ContainerClient> {
  const container = blobs.getContainerClient(`images-${place}`);
  await container.create();
  return container;
}

const LIMITS = { maxBytes: 100 * 1024 * 1024, maxPixels: 268_402_689 };
const documents = createDocumentOpener({ limits: LIMITS, pdf: createPdfReader() });

async function estimateOne(images: ImageStore, imagesContainer: string): Promise<void> {
  const answer = await estimateFolder(
    {
      kind: 'folder',
      prefix: '',
      request: resolveRequest({}, { task: 'analyze', model: '', language: undefined, deployments: [] }),
      models: ['gpt-4@vision-preview', 'gpt-4o', 'gpt-5.4'],
    },
    {
      deployments: [],
      calibrations: createCalibrations(),
      images,
      imagesContainer,
      limits: LIMITS,
      documents,
      documentLimits: { maxPages: 200, openPages: undefined },
      now: Date.now,
      nowMs: Date.now(),
    },
  );
  const { length } = answer.rejected;
  if (answer.images !== BLOBS / CONTAINERS)
    throw new Error(`${answer.images} images were estimated, ${length} rejected.`);
}

async function bareReads(store: ImageStore, container: string, names: readonly string[]): Promise<void> {
  const version = { container, etag: '*', bytes: BARE_BYTES, modifiedMs: 0, metadata: {} };
  await inParallel(names, (name) => store.read({ ...version, name }, { offset: 0, count: BARE_BYTES }));
}

interface Meter {
  readonly run: (step: () => Promise<void>) => Promise<void>;
  readonly clockMs: () => number;
  /** Of this process and of Azurite together: what the steps cost, however busy the machine is with other work. */
  readonly processorMs: () => number;
}

function createMeter(azuriteProcessId: number): Meter {
  let clockMs = 0;
  let processorMs = 0;
  return {
    async run(step) {
      const usedMs = usedProcessorMs(azuriteProcessId);
      const startedAt = performance.now();
      await step();
      clockMs += performance.now() - startedAt;
      processorMs += usedProcessorMs(azuriteProcessId) - usedMs;
    },
    clockMs: () => clockMs,
    processorMs: () => processorMs,
  };
}

/** Linux counts in ticks of 10 ms (proc(5), /proc/pid/stat: utime and stime). */
function usedProcessorMs(azuriteProcessId: number): number {
  const { user, system } = process.cpuUsage();
  const fields = readFileSync(`/proc/${azuriteProcessId}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return (user + system) / 1000 + 10 * (Number(fields[11]) + Number(fields[12]));
}

function countingStore(store: ImageStore): {
  readonly counted: ImageStore;
  readonly readsOf: ReadonlyMap<string, readonly number[]>;
} {
  const readsOf = new Map<string, number[]>();
  const read: ImageStore['read'] = (version, range) => {
    const key = `${version.container}/${version.name}`;
    const counts = readsOf.get(key) ?? [];
    counts.push(range?.count ?? version.bytes);
    readsOf.set(key, counts);
    return store.read(version, range);
  };
  return { counted: { ...store, read }, readsOf };
}

/** As many of the files as a container gets, in turn; their names. */
async function upload(container: ContainerClient, files: readonly DrawnFile[]): Promise<readonly string[]> {
  return await inParallel(
    Array.from({ length: BLOBS / CONTAINERS }, (_, place) => place),
    async (place) => {
      const file = files[place % files.length];
      if (!file) throw new Error('The mix is empty.');
      const name = `${place}-${file.name}`;
      await container.getBlockBlobClient(name).upload(file.bytes, file.bytes.byteLength);
      return name;
    },
  );
}

if (import.meta.filename === process.argv[1]) await benchEstimateFolder();
