import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { BlobServiceClient } from '@azure/storage-blob';
import sharp from 'sharp';
import { startCloud } from '../local/cloud/startCloud.ts';
import { buildApp } from '../local/make/build.ts';
import { followAnalyses } from '../local/start/followAnalyses.ts';
import { printFigure } from './figure.ts';

const PROJECT_FOLDER = resolve(import.meta.dirname, '..');
const IMAGES = 8;

/** The most memory that the app's process (host and app in one) ever held while eight photos of 20 MB came at once. */
export async function benchMemory(): Promise<void> {
  await buildApp();
  const photo = await largePhoto();
  const cloud = await startCloud({
    appFolder: PROJECT_FOLDER,
    port: 0,
    regions: ['australiaeast', 'swedencentral', 'switzerlandnorth', 'westus'].map((name) => ({
      name,
      deployments: [
        { deployment: 'gpt-4-vision-preview', model: 'gpt-4', version: 'vision-preview', tokensPerMinute: 1_000_000 },
      ],
      answers: 'fixed' as const,
    })),
  });
  try {
    const idleMiB = peakMiB(cloud.host.processId);
    const images = BlobServiceClient.fromConnectionString(cloud.connectionString).getContainerClient('images');
    const names = Array.from({ length: IMAGES }, (_, place) => `photo-${place}.jpg`);
    await Promise.all(names.map((name) => images.getBlockBlobClient(name).uploadData(photo)));
    const rows = await followAnalyses({ cloud, names, isSilent: true });
    const failed = rows.filter(({ status }) => status !== 'succeeded');
    if (failed.length > 0)
      throw new Error(`${failed.length} of ${IMAGES} photos did not succeed: ${failed[0]?.firstLine}`);
    await sleep(100);
    printFigure({
      figure: `memory.peakOf${IMAGES}Photos`,
      value: peakMiB(cloud.host.processId),
      unit: 'MiB',
      baseline: { name: 'before the first photo', value: idleMiB },
    });
    printFigure({ figure: 'memory.photo', value: photo.byteLength / 2 ** 20, unit: 'MiB' });
  } finally {
    await cloud.stop();
  }
}

/** High-water mark of a process's resident memory, as the kernel counts it. */
export function peakMiB(processId: number): number {
  const peak = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${processId}/status`, 'utf8'));
  return Number(peak?.[1] ?? Number.NaN) / 1024;
}

/** A JPEG of 24 megapixels and about 20 MB. */
async function largePhoto(): Promise<Buffer> {
  const size = { width: 6000, height: 4000, channels: 3 } as const;
  const pixels = randomBytes(size.width * size.height * size.channels);
  for (const quality of [90, 85, 80, 75, 70, 65, 60, 50, 40]) {
    const jpeg = await sharp(pixels, { raw: size }).jpeg({ quality }).toBuffer();
    if (jpeg.byteLength <= 20.5 * 1e6) return jpeg;
  }
  throw new Error('No quality makes a photo of 20 MB.');
}
