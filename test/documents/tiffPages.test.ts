import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { layOutTiffPages, tiffPage } from '../../shared/documents/tiff/tiffPages.ts';
import { bytesInHand, type ImageBytes, lookAtImage } from '../../shared/image/lookAtImage.ts';

const LIMITS = { maxBytes: 100_000_000, maxPixels: 268_402_689 };

/** A file of three pages of different sizes and colours, as sharp lays pages below each other. */
async function threePages(options: {
  compression: 'none' | 'lzw' | 'jpeg' | 'deflate';
  tile?: boolean;
  bigtiff?: boolean;
}) {
  const [width, height] = [90, 60];
  const colours = ['#c02020', '#20c020', '#2020c0'];
  const pages = await Promise.all(
    colours.map((background) =>
      sharp({ create: { width, height, channels: 3, background } })
        .png()
        .toBuffer(),
    ),
  );
  return await sharp(pages, { join: { animated: true } })
    .tiff(options)
    .toBuffer();
}

async function colourOf(bytes: Buffer): Promise<string> {
  const { dominant } = await sharp(bytes).stats();
  const channels = [dominant.r, dominant.g, dominant.b];
  return ['red', 'green', 'blue'][channels.indexOf(Math.max(...channels))] ?? '';
}

/** All pages of a file. */
async function openTiffPages(image: ImageBytes): Promise<readonly ImageBytes[]> {
  return (await layOutTiffPages(image)).map((layout) => tiffPage(image, layout));
}

describe('tiffPage', () => {
  it.each([
    { compression: 'none' },
    { compression: 'lzw' },
    { compression: 'deflate', tile: true },
    { compression: 'jpeg' },
    { compression: 'lzw', bigtiff: true },
  ] as const)('gives each page as a TIFF of one page: %o', async (options) => {
    const pages = await openTiffPages(bytesInHand(await threePages(options)));
    expect(pages).toHaveLength(3);
    for (const [place, page] of pages.entries()) {
      expect(await lookAtImage(page, LIMITS)).toMatchObject({ format: 'tiff', width: 90, height: 60, pages: 1 });
      const bytes = await page.all();
      expect(bytes).toHaveLength(page.totalBytes);
      expect(await colourOf(bytes)).toBe(['red', 'green', 'blue'][place]);
      expect((await sharp(bytes).metadata()).pages ?? 1).toBe(1);
    }
  });

  it('reads of each page only what belongs to it', async () => {
    const file = await threePages({ compression: 'none' });
    let read = 0;
    const image = {
      totalBytes: 50_000_000,
      read: async (offset: number, count: number) => {
        read += count;
        return file.subarray(offset, offset + count);
      },
      all: () => Promise.reject(new Error('The whole file was read.')),
    };
    const [, second] = await openTiffPages(image);
    const found = read;
    await second?.all();
    expect(read - found).toBe(90 * 60 * 3);
  });

  it('refuses a file that ends before its pages do, with its length', async () => {
    const file = await threePages({ compression: 'lzw' });
    const cut = file.subarray(0, file.readUInt32LE(4) + 6);
    await expect(openTiffPages(bytesInHand(cut))).rejects.toMatchObject({
      code: 'broken-image',
      detail: expect.stringContaining(`it ends after ${cut.length} bytes, within its pages`),
    });
  });
});
