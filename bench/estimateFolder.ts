import { readFileSync } from 'node:fs';
import { BlobServiceClient, type ContainerClient } from '@azure/storage-blob';
import sharp, { type Sharp } from 'sharp';
import { startAzurite } from '../local/storage/startAzurite.ts';
import { createImageStore, type ImageStore } from '../shared/analyses/imageStore.ts';
import { inParallel } from '../shared/analyses/inParallel.ts';
import { resolveRequest } from '../shared/analyses/resolveRequest.ts';
import { estimateFolder } from '../shared/estimateFolder.ts';
import { createCalibrations } from '../shared/tokens/calibrations.ts';
import { percentile, printFigure } from './figure.ts';

const BLOBS = 10_000;
const FOLDERS = 10;
const BARE_BYTES = 8_192;
const CONTAINER = 'images';

/**
 * 10,000 blobs of mixed formats on Azurite, in ten folders: images per second, listing and all, against bare reads of the
 * first 8 KiB of each blob by the same client, names known, as many at once; and the bytes and reads that an image takes.
 * Few images are distinct; each blob is read all the same.
 */
export async function benchEstimateFolder(): Promise<void> {
  const azurite = await startAzurite();
  try {
    const blobs = BlobServiceClient.fromConnectionString(azurite.connectionString);
    const container = blobs.getContainerClient(CONTAINER);
    await container.create();
    const names = await upload(container);
    const store = createImageStore({ blobs });
    const { counted, readsOf } = countingStore(store);
    const bare = createMeter(azurite.processId);
    const estimate = createMeter(azurite.processId);
    // Folder by folder, half of the bare reads before and half after: what else the machine does weighs on both alike.
    for (let folder = 0; folder < FOLDERS; folder++) {
      const prefix = prefixOf(folder);
      const within = names.filter((name) => name.startsWith(prefix));
      const half = within.length / 2;
      await bare.run(() => bareReads(store, within.slice(0, half)));
      await estimate.run(() => estimateOne(counted, prefix));
      await bare.run(() => bareReads(store, within.slice(half)));
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
    await azurite.stop();
  }
}

function prefixOf(folder: number): string {
  return `folder-${folder}/`;
}

async function estimateOne(images: ImageStore, prefix: string): Promise<void> {
  const answer = await estimateFolder(
    {
      kind: 'folder',
      prefix,
      request: resolveRequest({}, { task: 'analyze', model: '', language: undefined, deployments: [] }),
      models: ['gpt-4@vision-preview', 'gpt-4o', 'gpt-5.4'],
    },
    {
      deployments: [],
      calibrations: createCalibrations(),
      images,
      imagesContainer: CONTAINER,
      limits: { maxBytes: 100 * 1024 * 1024, maxPixels: 268_402_689 },
      now: Date.now,
      nowMs: Date.now(),
    },
  );
  if (answer.images !== BLOBS / FOLDERS) throw new Error(`${answer.images} images of ${prefix} were estimated.`);
}

async function bareReads(store: ImageStore, names: readonly string[]): Promise<void> {
  const version = { container: CONTAINER, etag: '*', bytes: BARE_BYTES, modifiedMs: 0, metadata: {} };
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
    const counts = readsOf.get(version.name) ?? [];
    counts.push(range?.count ?? version.bytes);
    readsOf.set(version.name, counts);
    return store.read(version, range);
  };
  return { counted: { ...store, read }, readsOf };
}

/**
 * Of every twenty files nine photos, four of them with a camera's EXIF and thumbnail, five screenshots, two scans. Each of
 * the ten folders holds them all, mixed.
 */
async function upload(container: ContainerClient): Promise<readonly string[]> {
  const photo = (width: number, height: number): Sharp =>
    sharp({
      create: { width, height, channels: 3, background: '#888', noise: { type: 'gaussian', mean: 128, sigma: 40 } },
    }).blur(3);
  const page = sharp({ create: { width: 1240, height: 1754, channels: 3, background: '#fff' } });
  const plain = await photo(1600, 1200).jpeg({ quality: 70 }).toBuffer();
  const screenshot = await photo(1280, 720).png({ palette: true }).toBuffer();
  const files: readonly (readonly [number, string, Buffer])[] = [
    [5, 'plain.jpg', plain],
    [4, 'camera.jpg', withThumbnail(plain, 24_000)],
    [5, 'screenshot.png', screenshot],
    [2, 'web.webp', await photo(1024, 768).webp({ quality: 70 }).toBuffer()],
    [1, 'scan.tif', await page.tiff({ compression: 'lzw' }).toBuffer()],
    [1, 'scan.png', await page.png().toBuffer()],
    [1, 'moving.gif', await photo(480, 320).gif().toBuffer()],
    [1, 'new.avif', await photo(800, 600).avif({ effort: 0 }).toBuffer()],
  ];
  const mix = files.flatMap(([times, name, bytes]) => Array.from({ length: times }, () => ({ name, bytes })));
  const names: string[] = [];
  await inParallel(
    Array.from({ length: BLOBS }, (_, place) => place),
    async (place) => {
      const file = mix[place % mix.length];
      if (!file) throw new Error('The mix is empty.');
      const name = `${prefixOf(Math.floor((place * FOLDERS) / BLOBS))}${place}-${file.name}`;
      names.push(name);
      await container.getBlockBlobClient(name).upload(file.bytes, file.bytes.byteLength);
    },
  );
  return names;
}

/** A JPEG whose EXIF segment is as long as a camera's with its thumbnail. */
function withThumbnail(jpeg: Buffer, exifBytes: number): Buffer {
  const segment = Buffer.alloc(2 + exifBytes);
  segment.writeUInt16BE(0xffe1, 0);
  segment.writeUInt16BE(exifBytes, 2);
  segment.write('Exif\0\0II*\0', 4, 'latin1');
  segment.writeUInt32LE(8, 14);
  return Buffer.concat([jpeg.subarray(0, 2), segment, jpeg.subarray(2)]);
}

if (import.meta.filename === process.argv[1]) await benchEstimateFolder();
