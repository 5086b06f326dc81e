import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { ImageChanged } from '../../shared/errors.ts';
import { createFirstReads } from '../../shared/estimates/firstReads.ts';
import { lookAtBlob } from '../../shared/estimates/lookAtBlob.ts';
import { documentParts, LIMITS } from '../support/documents.ts';

interface Read {
  readonly offset: number;
  readonly count: number;
}

async function lookAt(bytes: Buffer, { limits = LIMITS, firstReads = createFirstReads() } = {}) {
  const reads: Read[] = [];
  const read = async (offset: number, count: number): Promise<Buffer> => {
    reads.push({ offset, count });
    return bytes.subarray(offset, offset + count);
  };
  const seen = await lookAtBlob(
    { name: 'a.jpg', key: 'a.jpg', totalBytes: bytes.length, read, all: async () => bytes },
    {},
    { limits, firstReads, large: (step) => step(), ...documentParts() },
  );
  return { seen: seen.sizes[0], reads, bytes: reads.reduce((sum, { count }) => sum + count, 0) };
}

const noise = (width: number, height: number) =>
  sharp({
    create: { width, height, channels: 3, noise: { type: 'gaussian', mean: 128, sigma: 60 }, background: '#888' },
  });

describe('lookAtBlob', () => {
  it.each([
    ['png', () => noise(640, 400).png()],
    ['jpeg', () => noise(640, 400).jpeg()],
    ['webp', () => noise(640, 400).webp()],
    ['gif', () => noise(640, 400).gif()],
    ['avif', () => noise(640, 400).avif({ effort: 0 })],
  ])('reads 8 KiB of a %s at most, once', async (_format, draw) => {
    const { seen, reads } = await lookAt(await draw().toBuffer());
    expect(seen).toEqual({ width: 640, height: 400 });
    expect(reads).toEqual([{ offset: 0, count: expect.toSatisfy((count: number) => count <= 8192) }]);
  });

  it('reads a photo whose thumbnail fills its start twice, and no byte twice', async () => {
    const jpeg = await noise(640, 400).withMetadata({ orientation: 6 }).jpeg().toBuffer();
    const thumbnail = Buffer.concat([Buffer.from([0xff, 0xe2, 0x75, 0x30]), Buffer.alloc(0x7530 - 2)]);
    const { seen, reads } = await lookAt(Buffer.concat([jpeg.subarray(0, 2), thumbnail, jpeg.subarray(2)]));
    expect(seen).toEqual({ width: 400, height: 640 });
    expect(reads).toEqual([
      { offset: 0, count: 8192 },
      { offset: 8192, count: 65_536 - 8192 },
    ]);
  });

  it('reads the next photo of that kind once', async () => {
    const jpeg = await noise(640, 400).jpeg().toBuffer();
    const thumbnail = Buffer.concat([Buffer.from([0xff, 0xe2, 0x75, 0x30]), Buffer.alloc(0x7530 - 2)]);
    const photo = Buffer.concat([jpeg.subarray(0, 2), thumbnail, jpeg.subarray(2)]);
    const firstReads = createFirstReads();
    await lookAt(photo, { firstReads });
    const { seen, reads } = await lookAt(photo, { firstReads });
    expect(seen).toEqual({ width: 640, height: 400 });
    expect(reads).toEqual([{ offset: 0, count: 32_768 }]);
  });

  it('finds the directory at the end of a TIFF without the pixels before it', async () => {
    const tiff = await noise(1200, 900).tiff({ compression: 'none' }).toBuffer();
    const { seen, reads, bytes } = await lookAt(tiff);
    expect(seen).toEqual({ width: 1200, height: 900 });
    expect(reads.length).toBeLessThanOrEqual(2);
    expect(bytes).toBeLessThan(16_384);
  });

  it.each([
    [Buffer.from('A letter.'), 'not-an-image'],
    [Buffer.alloc(0), 'not-an-image'],
    [Buffer.from('%PDF-1.7'), 'broken-image'],
    [Buffer.from([0x49, 0x49, 42, 0, 0xff, 0xff, 0xff, 0x7f]), 'broken-image'],
  ])('refuses what is no image (%#)', async (bytes, code) => {
    await expect(lookAt(bytes)).rejects.toMatchObject({ code });
  });

  it('reads nothing of a file that is too large', async () => {
    const limits = { ...LIMITS, maxBytes: 1000 };
    await expect(lookAt(Buffer.alloc(1001), { limits })).rejects.toMatchObject({ code: 'too-large' });
  });

  it('says when the blob was replaced meanwhile', async () => {
    const gone = (): Promise<Buffer> => Promise.reject(new ImageChanged('a.jpg'));
    const look = lookAtBlob(
      { name: 'a.jpg', key: 'a.jpg', totalBytes: 10, read: gone, all: gone },
      {},
      { limits: LIMITS, firstReads: createFirstReads(), large: (step) => step(), ...documentParts() },
    );
    await expect(look).rejects.toBeInstanceOf(ImageChanged);
  });
});
