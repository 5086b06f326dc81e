import fc from 'fast-check';
import sharp, { type Sharp } from 'sharp';
import { describe, expect, it } from 'vitest';
import { AppError } from '../../../shared/errors.ts';
import { readImageHeader } from '../../../shared/image/heads/readImageHeader.ts';
import type { ImageHeader } from '../../../shared/image/imageHeader.ts';
import { drawGif, type GifDrawing } from '../drawnGif.ts';
import { drawMarked, drawNoise, tiffOfPages } from '../drawnImages.ts';
import { drawTiff, withTiffTag } from '../drawnTiff.ts';

function headerOf(file: Buffer): ImageHeader {
  const reading = readImageHeader(file, { totalBytes: file.length });
  if (reading.kind !== 'header') throw new Error('a whole file needs no more');
  return reading.header;
}

const SIZES = [
  { width: 1, height: 1 },
  { width: 33, height: 7 },
  { width: 64, height: 48 },
];

/** Every format in the ways in which it can be stored. */
async function drawAll(): Promise<readonly (readonly [name: string, file: Buffer])[]> {
  const files: [string, Promise<Buffer>][] = SIZES.flatMap((size) => {
    const drawn = (): Sharp => drawMarked(size);
    const clear = (): Sharp => drawn().ensureAlpha(0.5);
    const name = (what: string): string => `${what} of ${size.width} x ${size.height}`;
    const ways: [string, Sharp][] = [
      ['PNG', drawn().png()],
      ['interlaced PNG', drawn().png({ progressive: true })],
      ['PNG with a palette', drawn().png({ palette: true, colours: 4 })],
      ['PNG of 16 bits', drawn().toColourspace('rgb16').png()],
      ['gray PNG', drawn().toColourspace('b-w').png()],
      ['clear PNG', clear().png()],
      ['JPEG', drawn().jpeg()],
      ['progressive JPEG', drawn().jpeg({ progressive: true })],
      ['gray JPEG', drawn().toColourspace('b-w').jpeg()],
      ['CMYK JPEG', drawn().toColourspace('cmyk').jpeg()],
      ['WEBP', drawn().webp()],
      ['lossless WEBP', drawn().webp({ lossless: true })],
      ['clear WEBP', clear().webp()],
      ['GIF', drawn().gif()],
      ['clear GIF', clear().gif()],
      ['interlaced GIF', drawn().gif({ progressive: true })],
      ['TIFF', drawn().tiff({ compression: 'lzw' })],
      ['tiled TIFF', drawn().tiff({ compression: 'deflate', tile: true, tileWidth: 16, tileHeight: 16 })],
      ['BigTIFF', drawn().tiff({ compression: 'none', bigtiff: true })],
      ['pyramid TIFF', drawn().tiff({ compression: 'jpeg', pyramid: true, tile: true, tileWidth: 16, tileHeight: 16 })],
      ['TIFF of 1 bit', drawn().toColourspace('b-w').tiff({ compression: 'ccittfax4', bitdepth: 1 })],
      ['clear TIFF', clear().tiff({ compression: 'packbits' })],
      ['AVIF', drawn().avif()],
      ['clear AVIF', clear().avif()],
      ['AVIF of 10 bits', drawn().toColourspace('rgb16').avif({ bitdepth: 10 })],
      ...[2, 3, 5, 6, 8].map((orientation): [string, Sharp] => [
        `JPEG of orientation ${orientation}`,
        drawn().withMetadata({ orientation }).jpeg(),
      ]),
    ];
    return ways.map(([what, drawing]): [string, Promise<Buffer>] => [name(what), drawing.toBuffer()]);
  });
  return await Promise.all(files.map(async ([name, file]) => [name, await file] as const));
}

describe('readImageHeader beside the decoder', () => {
  it('gives the size that is decoded, of every format in every way of storing it', async () => {
    for (const [name, file] of await drawAll()) {
      const { info } = await sharp(file, { pages: 1 }).autoOrient().raw().toBuffer({ resolveWithObject: true });
      const { width, height } = headerOf(file);
      expect(`${name}: ${width} x ${height}`).toBe(`${name}: ${info.width} x ${info.height}`);
    }
  });

  it.each<GifDrawing>([
    { screen: [20, 10], frames: [{ size: [20, 10] }] },
    { screen: [20, 10], frames: [{ size: [40, 30] }] },
    { screen: [20, 10], frames: [{ left: 10, top: 5, size: [20, 10] }] },
    { screen: [20, 10], frames: [{ left: 5, top: 5, size: [5, 3] }] },
    { screen: [20, 10], frames: [{ size: [10, 30] }] },
    { screen: [0, 0], frames: [{ left: 7, top: 3, size: [5, 3] }] },
    { screen: [0, 10], frames: [{ size: [5, 3] }] },
    { screen: [640, 480], frames: [{ size: [5, 3] }] },
    { screen: [800, 600], frames: [{ size: [50, 30] }] },
    { screen: [3_000, 2_500], frames: [{ size: [50, 30] }] },
    { screen: [20, 10], frames: [{ size: [20, 10] }, { size: [40, 30] }] },
    { screen: [20, 10], frames: [{ size: [0, 0] }] },
  ])('gives the size of the GIF $screen with $frames as it is decoded', async (drawing) => {
    const file = drawGif(drawing);
    const { info } = await sharp(file, { pages: 1 }).raw().toBuffer({ resolveWithObject: true });
    expect(headerOf(file)).toMatchObject({ width: info.width, height: info.height });
  });

  it('sends no GIF as it is whose first frame is not its screen', () => {
    expect(headerOf(drawGif({ screen: [20, 10], frames: [{ size: [20, 10] }] })).isPlain).toBe(true);
    expect(headerOf(drawGif({ screen: [20, 10], frames: [{ size: [40, 30] }] })).isPlain).toBe(false);
    expect(headerOf(drawGif({ screen: [20, 10], frames: [{ size: [5, 3] }] })).isPlain).toBe(false);
  });
});

describe('readImageHeader, of the directories of a TIFF', () => {
  it.each([
    ['a thumbnail behind the page', [0, 1], 1, 0],
    ['a thumbnail before the page', [1, 0], 1, 1],
    ['a mask', [0, 4], 1, 0],
    ['a smaller copy and its mask', [0, 1, 5], 1, 0],
    ['a page that is marked as one of several', [2], 1, 0],
    ['copies alone', [1, 1], 1, 0],
  ])('distinguishes %s from pages', (_name, types, pages, page) => {
    expect(headerOf(tiffOfPages(types))).toMatchObject({ pages, page });
  });

  it('distinguishes an older thumbnail from pages, and a mask by its colours', () => {
    for (const [tag, value] of [
      [255, 2],
      [262, 4],
    ] as const) {
      const file = tiffOfPages([0, 0]);
      const secondAt = 8 + (file.length - 8) / 2;
      // The first tag of the second directory takes another name, or its sixth another value.
      if (tag === 255) file.writeUInt16LE(255, secondAt + 2);
      file.writeUInt32LE(value, secondAt + 2 + (tag === 255 ? 0 : 5 * 12) + 8);
      expect(headerOf(file)).toMatchObject({ pages: 1, page: 0 });
    }
  });

  it('decodes the page, and not the thumbnail before it', async () => {
    const file = tiffOfPages([1, 0]);
    expect(headerOf(file)).toMatchObject({ width: 2, height: 3, page: 1 });
    expect((await sharp(file, { page: 1 }).metadata()).width).toBe(2);
  });
});

describe('readImageHeader, of 10,000 files with changed bytes', () => {
  it('ends with a header or an error of ours', async () => {
    const files = [
      ...(await drawAll()).map(([, file]) => file),
      await drawNoise().tiff({ compression: 'lzw' }).toBuffer(),
      drawTiff({ bits: 16, values: (place) => place }),
      withTiffTag(drawTiff({ values: () => 0 }), 259, 8),
      tiffOfPages([0, 1, 4]),
      drawGif({ screen: [20, 10], frames: [{ size: [20, 10] }] }),
    ];
    const change = fc.record({ at: fc.nat(900), value: fc.nat(255) });
    const ends = fc.property(
      fc.constantFrom(...files),
      fc.array(change, { minLength: 1, maxLength: 8 }),
      fc.nat(40),
      (file, changes, missing) => {
        const bytes = Buffer.from(file.subarray(0, Math.max(1, file.length - (missing > 20 ? missing : 0))));
        for (const { at, value } of changes) bytes[at % bytes.length] = value;
        try {
          const reading = readImageHeader(bytes, { totalBytes: bytes.length });
          if (reading.kind === 'document') return true;
          return reading.kind === 'header' && reading.header.width >= 1 && reading.header.height >= 1;
        } catch (error) {
          return error instanceof AppError;
        }
      },
    );
    fc.assert(ends, { numRuns: 10_000, seed: 20_261_201 });
    expect(files.length).toBeGreaterThan(80);
  });
});
