import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { BlobServiceClient } from '@azure/storage-blob';
import { numberedPng } from '../samples/numberedPng.ts';
import type { DroppedImage } from './judge.ts';

/**
 * Drops so many images, each when `mayDrop` says so; some are replaced while they are under way, some get metadata, which changes the
 * ETag alone.
 */
export async function dropImages(
  images: number,
  by: {
    readonly connection: string;
    readonly random: () => number;
    readonly mayDrop: (place: number) => boolean;
  },
): Promise<readonly DroppedImage[]> {
  const container = BlobServiceClient.fromConnectionString(by.connection).getContainerClient('images');
  const dropped: DroppedImage[] = [];
  const put = async (name: string, content: number): Promise<DroppedImage> => {
    const bytes = await numberedPng(content);
    const { etag } = await patiently(() => container.getBlockBlobClient(name).uploadData(bytes));
    return { name, etag: etag ?? '', digests: [createHash('sha256').update(bytes).digest('hex')] };
  };
  for (let place = 0; place < images; place++) {
    while (!by.mayDrop(place)) await sleep(100);
    const name = `drop ${place}.png`;
    let image = await put(name, place);
    const chance = by.random();
    if (chance < 0.05) {
      const again = await put(name, images + place);
      image = { ...again, digests: [...image.digests, ...again.digests] };
    } else if (chance < 0.1) {
      const { etag } = await patiently(() => container.getBlobClient(name).setMetadata({ owner: 'somebody' }));
      image = { ...image, etag: etag ?? '' };
    }
    dropped.push(image);
    await sleep(by.random() * 100);
  }
  return dropped;
}

/** An uploader repeats an upload until it arrives, also when the storage is away for longer than its client waits. */
async function patiently<T>(write: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await write();
    } catch {
      await sleep(1_000);
    }
  }
}
