import fc from 'fast-check';
import sharp from 'sharp';
import { afterAll, describe, expect, it } from 'vitest';
import { clap, type HeicWriting, imir, irot } from '../../../local/samples/heic/writeHeic.ts';
import { readImageHeader } from '../../../shared/image/heads/readImageHeader.ts';
import { createHeicDecoder } from '../../../shared/image/heic/decodeHeic.ts';
import type { ImageHeader } from '../../../shared/image/imageHeader.ts';
import { bytesInHand, type ImageBytes, lookAtImage } from '../../../shared/image/lookAtImage.ts';
import { drawMarkedHeic } from '../drawnImages.ts';

const LIMITS = { maxBytes: 104_857_600, maxPixels: 268_402_689 };
const decoder = createHeicDecoder();
afterAll(() => decoder.close());

const look = (file: Buffer): Promise<ImageHeader> => lookAtImage(bytesInHand(file), LIMITS);

describe('readImageHeader, of HEIC', () => {
  it.each<[string, HeicWriting, Partial<ImageHeader>]>([
    ['one picture', {}, { width: 64, height: 48, orientation: 1 }],
    [
      'tiles, as phones store it',
      { tile: 32, shown: [irot(3)] },
      { width: 48, height: 64, rawWidth: 64, orientation: 6 },
    ],
    ['a crop', { shown: [clap([33, 1], [21, 1], [0, 1], [0, 1])] }, { width: 33, height: 21 }],
    ['a crop after a turn', { shown: [irot(1), clap([30, 1], [60, 1], [0, 1], [0, 1])] }, { width: 30, height: 60 }],
    ['a film with a still picture', { brand: 'msf1' }, { width: 64, animated: true }],
  ])('reads the size of %s', async (_, writing, expected) => {
    expect(await look(await drawMarkedHeic(writing))).toMatchObject({ format: 'heic', ...expected });
  });

  it.each(['heic', 'heix', 'heim', 'heis', 'hevc', 'hevx', 'mif1'])('knows it by the brand %s', async (brand) => {
    expect(await look(await drawMarkedHeic({ brand }))).toMatchObject({ format: 'heic', width: 64, height: 48 });
  });

  it('gives the size that is decoded, for every turn, mirror and crop in any order', async () => {
    // Within the picture; one beyond it is refused or trimmed, by each decoder in its own way.
    const side = fc.tuple(fc.integer({ min: 24, max: 60 }), fc.integer({ min: 2, max: 3 }));
    const offset = fc.tuple(fc.integer({ min: -8, max: 8 }), fc.integer({ min: 1, max: 3 }));
    const crop = fc.tuple(side, side, offset, offset).map((fractions) => clap(...fractions));
    const turn = fc.oneof(fc.integer({ min: 0, max: 3 }).map(irot), fc.constantFrom<0 | 1>(0, 1).map(imir));
    const turns = fc.array(turn, { maxLength: 3 });
    const transformations = fc
      .tuple(turns, fc.option(crop), turns)
      .map(([before, cropped, after]) => [...before, ...(cropped ? [cropped] : []), ...after]);
    await fc.assert(
      fc.asyncProperty(transformations, async (shown) => {
        const file = await drawMarkedHeic({ shown });
        const { width, height } = await sharp(await decoder.decode(file)).metadata();
        expect(await look(file)).toMatchObject({ width, height });
      }),
      { numRuns: 150 },
    );
  });

  it('shows by its orientation what the decoder shows', async () => {
    const plain = await sharp(await decoder.decode(await drawMarkedHeic()))
      .raw()
      .toBuffer();
    for (const shown of [[], [irot(1)], [irot(2), imir(0)], [imir(1), irot(1)], [irot(3), imir(1)], [imir(0)]]) {
      const file = await drawMarkedHeic({ shown });
      const { orientation } = await look(file);
      const stored = sharp(plain, { raw: { width: 64, height: 48, channels: 3 } });
      const tagged = await stored.withMetadata({ orientation }).tiff({ compression: 'none' }).toBuffer();
      const turned = await sharp(tagged).autoOrient().raw().toBuffer();
      const decoded = await sharp(await decoder.decode(file))
        .raw()
        .toBuffer();
      expect(decoded.equals(turned), `orientation ${orientation}`).toBe(true);
    }
  });

  it('reads the description where it is, behind the pixels too', async () => {
    const file = await drawMarkedHeic({ describedLast: true }, { width: 640, height: 480 });
    const reads: [number, number][] = [];
    const image: ImageBytes = {
      totalBytes: file.length,
      read: async (offset, count) => {
        reads.push([offset, count]);
        return file.subarray(offset, offset + count);
      },
      all: async () => file,
    };
    expect(await lookAtImage(image, LIMITS)).toMatchObject({ width: 640, height: 480 });
    expect(reads.length).toBeLessThanOrEqual(3);
  });

  it('finds the same from any number of first bytes', async () => {
    const file = await drawMarkedHeic({ tile: 32 });
    const whole = await look(file);
    for (const firstBytes of [1, 13, 64, 200, 500]) {
      const further: { at: number; bytes: Buffer }[] = [];
      let head = file.subarray(0, firstBytes);
      for (;;) {
        const reading = readImageHeader(head, { totalBytes: file.length, further });
        if (reading.kind === 'header') {
          expect(reading.header).toEqual(whole);
          break;
        }
        if (reading.kind === 'document') throw new Error('It is a document.');
        const bytes = file.subarray(reading.at, reading.at + reading.bytes);
        if (reading.at === head.length) head = Buffer.concat([head, bytes]);
        else further.push({ at: reading.at, bytes });
      }
    }
  });

  it('refuses a HEIF file whose picture is coded in another way, and says what to do', async () => {
    const file = await drawMarkedHeic({ brand: 'mif1' });
    file.write('vvc1', file.indexOf('infe') + 12, 'latin1');
    await expect(look(file)).rejects.toMatchObject({
      code: 'unsupported-format',
      detail: 'The file is a HEIF picture coded as "vvc1", which is not supported; save it as PNG or JPEG.',
    });
  });

  it.each<[string, (file: Buffer) => Buffer, string]>([
    ['has nothing but its brand', (file) => file.subarray(0, 24), 'it has no description of its picture'],
    [
      'names no main picture',
      (file) => Buffer.from(file.toString('latin1').replace('infe', 'free'), 'latin1'),
      'it has no main picture',
    ],
    [
      'has no size',
      (file) => Buffer.from(file.toString('latin1').replace('ispe', 'free'), 'latin1'),
      'its size is 0 x 0 pixels',
    ],
  ])('refuses one that %s', async (_, damage, reason) => {
    const ending = { code: 'broken-image', detail: `The HEIC file is broken: ${reason}.` };
    await expect(look(damage(await drawMarkedHeic()))).rejects.toMatchObject(ending);
  });

  it('refuses a bomb by the size that it states', async () => {
    await expect(look(await drawMarkedHeic({ stated: [10_000, 8_000] }))).rejects.toMatchObject({
      code: 'too-many-pixels',
      detail: 'The HEIC picture has 80,000,000 pixels; the limit is 64,000,000.',
    });
  });
});
