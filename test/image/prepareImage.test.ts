import fc from 'fast-check';
import sharp from 'sharp';
import { describe, expect, it, vi } from 'vitest';
import { ImageChanged, ImageRejected } from '../../shared/errors.ts';
import { readImageHeader } from '../../shared/image/heads/readImageHeader.ts';
import { bytesInHand } from '../../shared/image/lookAtImage.ts';
import type { PixelSize } from '../../shared/image/pixels/sendAsItIs.ts';
import { type PreparedImage, prepareImage } from '../../shared/image/prepareImage.ts';
import {
  ALL_FORMATS,
  drawAnimation,
  drawMarked,
  drawMarkedAs,
  drawNoise,
  pngHeaderOf,
  RED,
  TEAL,
} from './drawnImages.ts';
import { drawTiff } from './drawnTiff.ts';

const LIMITS = { maxBytes: 104_857_600, maxPixels: 268_402_689 };

/** Prepares a file as the story does; without a target, at the size that it has. */
async function prepare(file: Buffer, target?: PixelSize): Promise<PreparedImage> {
  const reading = readImageHeader(file, { totalBytes: file.length });
  if (reading.kind !== 'header') throw new Error('a whole file needs no more');
  return await prepareImage(bytesInHand(file), reading.header, target ?? reading.header, LIMITS);
}

async function colourAt(image: Buffer, place: 'upper left' | 'lower right'): Promise<number[]> {
  const { data, info } = await sharp(image).removeAlpha().raw().toBuffer({ resolveWithObject: true });
  const at = place === 'upper left' ? 0 : (info.width * info.height - 1) * info.channels;
  return [...data.subarray(at, at + 3)];
}

function expectColour(actual: readonly number[], expected: readonly number[], tolerance = 8): void {
  const farthest = Math.max(...expected.map((value, channel) => Math.abs(value - (actual[channel] ?? Number.NaN))));
  expect(farthest, `${actual} against ${expected}`).toBeLessThanOrEqual(tolerance);
}

describe('prepareImage', () => {
  it.each(['png', 'jpeg', 'webp', 'gif'] as const)('sends a plain %s untouched', async (format) => {
    const file = await drawMarkedAs(format);
    expect(await prepare(file)).toEqual({
      bytes: file,
      mediaType: `image/${format}`,
      width: 64,
      height: 48,
      changed: false,
      warnings: [],
    });
  });

  it.each([
    ['tiff', 'image/png'],
    ['avif', 'image/jpeg'],
  ] as const)('converts %s, which the service does not take, to %s', async (format, mediaType) => {
    const prepared = await prepare(await drawMarkedAs(format));
    expect(prepared).toMatchObject({ mediaType, width: 64, height: 48, changed: true });
    expectColour(await colourAt(prepared.bytes, 'upper left'), RED);
    expectColour(await colourAt(prepared.bytes, 'lower right'), TEAL);
  });

  it.each(ALL_FORMATS)('reduces %s to the target exactly', async (format) => {
    const prepared = await prepare(await drawMarkedAs(format, { width: 301, height: 200 }), {
      width: 150,
      height: 100,
    });
    expect(prepared).toMatchObject({ width: 150, height: 100, changed: true });
    expect(await sharp(prepared.bytes).metadata()).toMatchObject({ width: 150, height: 100 });
  });

  it('encodes a JPEG with arithmetic coding again, because few decoders read it', async () => {
    // 16 x 8, from black to white.
    const base64 = [
      '/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAAMCAgMCAgMDAwMEAwMEBQgFBQQEBQoHBwYIDAoMDAsKCwsNDhIQDQ4RDgsLEBYQERMUFRUVDA8XGB',
      'YUGBIUFRT/yQALCAAIABABAREA/8wABgAQEAX/2gAIAQEAAD8A/wDcG+GvECZ7+yuBZffw/9k=',
    ].join('');
    const prepared = await prepare(Buffer.from(base64, 'base64'));
    expect(prepared).toMatchObject({ changed: true, mediaType: 'image/jpeg', width: 16, height: 8, warnings: [] });
    expect(prepared.bytes.includes(Buffer.from('ffc9', 'hex'))).toBe(false);
    const levels = await sharp(prepared.bytes).extractChannel(0).raw().toBuffer();
    expect([(levels[0] ?? 255) < 20, (levels[15] ?? 0) > 220]).toEqual([true, true]);
  });

  it('encodes an image again on request, even if it could be sent as it is', async () => {
    const file = await drawMarkedAs('png');
    const reading = readImageHeader(file, { totalBytes: file.length });
    if (reading.kind !== 'header') throw new Error('a whole file needs no more');
    const prepared = await prepareImage(bytesInHand(file), reading.header, reading.header, LIMITS, {
      encodeAnew: true,
    });
    expect(prepared).toMatchObject({ mediaType: 'image/png', width: 64, height: 48, changed: true, warnings: [] });
  });

  it('never enlarges', async () => {
    const file = await drawMarkedAs('tiff');
    expect(await prepare(file, { width: 640, height: 480 })).toMatchObject({ width: 64, height: 48 });
  });

  it.each(
    (['png', 'jpeg', 'webp', 'tiff', 'avif'] as const).flatMap((format) =>
      [2, 3, 4, 5, 6, 7, 8].map((orientation) => ({ format, orientation })),
    ),
  )('turns a $format of orientation $orientation upright', async ({ format, orientation }) => {
    // What is stored is the upright picture turned the other way, so that viewers show the mark in the upper left.
    const stored = sharp(await storedFor(orientation));
    const file = await stored.withMetadata({ orientation }).toFormat(format).toBuffer();
    const prepared = await prepare(file);
    expect(prepared).toMatchObject({ width: 64, height: 48, changed: true });
    expectColour(await colourAt(prepared.bytes, 'upper left'), RED);
    expectColour(await colourAt(prepared.bytes, 'lower right'), TEAL);
    expect((await sharp(prepared.bytes).metadata()).orientation).toBeUndefined();
  });

  it.each(['gif', 'webp'] as const)('takes the first frame of an animated %s and says so', async (format) => {
    const file = await drawAnimation()
      .toFormat(format, { delay: [100, 100] })
      .toBuffer();
    const prepared = await prepare(file);
    expect(prepared).toMatchObject({
      width: 40,
      height: 30,
      changed: true,
      warnings: [{ code: 'first-frame', detail: 'The image is an animation; its first frame was analysed.' }],
    });
    expectColour(await colourAt(prepared.bytes, 'lower right'), RED);
  });

  it('notices the second frame of a GIF behind the bytes that its header was read from', async () => {
    const file = await drawAnimation()
      .gif({ delay: [100, 100], loop: 1 })
      .toBuffer();
    const reading = readImageHeader(file.subarray(0, 60), { totalBytes: file.length });
    if (reading.kind !== 'header') throw new Error('60 bytes hold the header of this GIF');
    expect(reading.header.animated).toBe(false);
    expect(await prepareImage(bytesInHand(file), reading.header, reading.header, LIMITS)).toMatchObject({
      warnings: [{ code: 'first-frame' }],
    });
  });

  it('sends a GIF of one frame untouched that says that it loops, however little of it was read at first', async () => {
    const file = await drawMarked().gif({ loop: 0 }).toBuffer();
    for (const bytes of [file.length, file.length - 10]) {
      const reading = readImageHeader(file.subarray(0, bytes), { totalBytes: file.length });
      if (reading.kind !== 'header') throw new Error('so many bytes hold the header of this GIF');
      const prepared = await prepareImage(bytesInHand(file), reading.header, reading.header, LIMITS);
      expect(prepared).toMatchObject({ bytes: file, changed: false, warnings: [] });
    }
  });

  it('converts CMYK to sRGB and says so', async () => {
    const prepared = await prepare(await drawMarked().toColourspace('cmyk').jpeg().toBuffer());
    expect(prepared.warnings).toEqual([
      { code: 'colours-converted', detail: 'The image is in CMYK; it was converted to sRGB.' },
    ]);
    expect(await sharp(prepared.bytes).metadata()).toMatchObject({ space: 'srgb', channels: 3 });
    expectColour(await colourAt(prepared.bytes, 'lower right'), TEAL, 24);
  });

  it.each(['png', 'tiff'] as const)('reduces a 16-bit %s to 8 bits and says so', async (format) => {
    const deep = drawMarked().toColourspace('rgb16');
    const file = await (format === 'png' ? deep.png() : deep.tiff({ compression: 'lzw' })).toBuffer();
    const prepared = await prepare(file);
    expect(prepared.warnings).toMatchObject([{ code: 'depth-reduced' }]);
    expect(await sharp(prepared.bytes).metadata()).toMatchObject({ depth: 'uchar' });
    expectColour(await colourAt(prepared.bytes, 'lower right'), TEAL, 2);
  });

  it('encodes a lossless drawing without loss, and a lossless photograph as JPEG', async () => {
    const target = { width: 500, height: 500 };
    const drawing = await prepare(await drawMarkedAs('png', { width: 1000, height: 1000 }), target);
    expect(drawing.mediaType).toBe('image/png');
    expect(await colourAt(drawing.bytes, 'lower right')).toEqual([...TEAL]);

    const photo = await prepare(await drawNoise({ width: 1000, height: 1000 }).png().toBuffer(), target);
    expect(photo.mediaType).toBe('image/jpeg');
  });

  it('encodes what is larger than the service takes, at the size that it has', async () => {
    const file = await drawNoise({ width: 3_000, height: 2_500 }).png({ compressionLevel: 0 }).toBuffer();
    expect(file.length).toBeGreaterThan(20_000_000);
    const prepared = await prepare(file);
    expect(prepared).toMatchObject({ mediaType: 'image/jpeg', width: 3_000, height: 2_500 });
    expect(prepared.bytes.length).toBeLessThan(20_000_000);
  });

  it.each([
    ['a JPEG that is reduced', () => drawNoise({ width: 1000, height: 1000 }).jpeg().toBuffer()],
    ['a lossless photograph', () => drawNoise({ width: 1000, height: 1000 }).png().toBuffer()],
    [
      'a TIFF whose samples are scaled',
      async () => drawTiff({ bits: 32, format: 'float', values: (place) => (place % 16) / 15 }),
    ],
  ])('never copies a file, or its pixels, on the main thread: %s', async (_name, draw) => {
    const file = await draw();
    const copied = vi.spyOn(globalThis, 'structuredClone');
    try {
      expect(await prepare(file, { width: 16, height: 16 })).toMatchObject({ changed: true });
      expect(copied).not.toHaveBeenCalled();
    } finally {
      copied.mockRestore();
    }
  });
});

describe('prepareImage, of broken files', () => {
  it('gives an image or rejects it, wherever bytes of a file are changed', async () => {
    const files = await Promise.all(ALL_FORMATS.map((format) => drawNoise().toFormat(format).toBuffer()));
    const changes = fc.array(fc.tuple(fc.nat(400), fc.nat(255)), { minLength: 1, maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...files), changes, async (file, changed) => {
        const bytes = Buffer.from(file);
        for (const [at, value] of changed) bytes[at % bytes.length] = value;
        try {
          const { width, height } = await prepare(bytes, { width: 32, height: 24 });
          return width <= 32 && height <= 24;
        } catch (error) {
          return error instanceof ImageRejected;
        }
      }),
      { numRuns: 150 },
    );
  });

  it('keeps the shape of a picture whose header gives another size than its decoder', async () => {
    const file = await drawMarkedAs('png');
    const reading = readImageHeader(file, { totalBytes: file.length });
    if (reading.kind !== 'header') throw new Error('a whole file needs no more');
    const wrong = { ...reading.header, width: 20, height: 20 };
    const prepared = await prepareImage(bytesInHand(file), wrong, { width: 16, height: 16 }, LIMITS);
    expect(prepared).toMatchObject({ width: 16, height: 12, changed: true });
  });

  it('says what is wrong, without the words of a library', async () => {
    const file = await drawNoise().png().toBuffer();
    const damaged = Buffer.from(file);
    damaged.fill(0x55, damaged.indexOf('IDAT') + 4, 300);
    await expect(prepare(damaged, { width: 32, height: 24 })).rejects.toMatchObject({
      code: 'broken-image',
      detail: 'The PNG file is broken: its pixels cannot be decoded.',
    });
  });

  it('reads a large file only when its turn to be decoded has come', async () => {
    const large = pngHeaderOf({ width: 6_000, height: 4_000 });
    const reading = readImageHeader(large, { totalBytes: 5_000_000 });
    if (reading.kind !== 'header') throw new Error('the header is there');
    const target = { width: 1_152, height: 768 };
    const reads: (() => void)[] = [];
    const all = (): Promise<never> => new Promise((_, reject) => reads.push(() => reject(new ImageChanged('a.png'))));
    const file = { totalBytes: 5_000_000, all };
    const first = prepareImage(file, reading.header, target, LIMITS);
    const second = prepareImage(file, reading.header, target, LIMITS);
    await Promise.resolve();
    expect(reads).toHaveLength(1);

    reads[0]?.();
    await expect(first).rejects.toBeInstanceOf(ImageChanged);
    expect(reads).toHaveLength(2);
    reads[1]?.();
    await expect(second).rejects.toBeInstanceOf(ImageChanged);
  });

  it('keeps a JPEG with data after its end, as cameras write them', async () => {
    const file = Buffer.concat([await drawMarkedAs('jpeg'), Buffer.from('a video, or a second picture')]);
    expect(await prepare(file)).toMatchObject({ changed: false });
  });
});

/** The pixels that, stored under an orientation, show the marked picture upright; one step at a time. */
async function storedFor(orientation: number): Promise<Buffer> {
  const upright = await drawMarked().png().toBuffer();
  const quarterTurns = { 5: 1, 6: 3, 7: 3, 8: 1, 3: 2 }[orientation] ?? 0;
  const turned = await sharp(upright)
    .rotate(quarterTurns * 90)
    .png()
    .toBuffer();
  const mirrored = orientation === 2 || orientation === 5 || orientation === 7;
  if (mirrored) return sharp(turned).flop().png().toBuffer();
  return orientation === 4 ? sharp(turned).flip().png().toBuffer() : turned;
}
