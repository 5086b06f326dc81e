import { deflateSync } from 'node:zlib';
import type { Sharp } from 'sharp';
import { describe, expect, it } from 'vitest';
import { readImageHeader } from '../../../shared/image/heads/readImageHeader.ts';
import { bytesInHand } from '../../../shared/image/lookAtImage.ts';
import { checkImage, type PreparedImage } from '../../../shared/image/prepareImage.ts';
import { drawMarked, drawMarkedAs, drawNoise } from '../drawnImages.ts';
import { drawTiff } from '../drawnTiff.ts';
import { codesOf, LIMITS, levelsOf, prepare } from '../prepared.ts';

const noise = (): Sharp => drawNoise({ width: 160, height: 120 });
const cut = (file: Buffer, share: number): Buffer => file.subarray(0, Math.floor(file.length * share));

async function endingOf(file: Buffer): Promise<string> {
  const prepared = await prepare(file).catch((error) => error);
  return 'detail' in prepared ? `${prepared.code}: ${prepared.detail}` : sentencesOf(prepared);
}

const sentencesOf = ({ warnings }: PreparedImage): string =>
  warnings.map(({ code, detail }) => `${code}: ${detail}`).join(' ');

describe('prepareImage, of files whose end is missing', () => {
  it.each([
    ['JPEG', async () => (await drawMarkedAs('jpeg')).subarray(0, -2)],
    ['PNG', async () => (await drawMarkedAs('png')).subarray(0, -3)],
    ['GIF', async () => (await drawMarkedAs('gif')).subarray(0, -1)],
    [
      'WEBP with EXIF',
      async () => (await drawMarked().withMetadata({ orientation: 1 }).webp().toBuffer()).subarray(0, -6),
    ],
  ])('takes a %s that lacks its end mark alone', async (_name, draw) => {
    const prepared = await prepare(await draw());
    expect(prepared).toMatchObject({ changed: true, width: 64, height: 48 });
    expect(prepared.warnings).toEqual([
      { code: 'image-cut-short', detail: 'The end of the file is missing; all of its rows are there.' },
    ]);
  });

  it.each([
    ['JPEG', () => noise().jpeg().toBuffer()],
    ['PNG', () => noise().png().toBuffer()],
    ['GIF', () => noise().gif().toBuffer()],
    ['lossy WEBP', () => noise().webp().toBuffer()],
    ['lossless WEBP', () => noise().webp({ lossless: true }).toBuffer()],
    ['TIFF', async () => drawTiff({ width: 160, height: 120, values: (place) => place % 251 })],
  ])('says which share of the rows of a %s is there, and rejects less than a quarter', async (_name, draw) => {
    const file = await draw();
    expect(await endingOf(cut(file, 0.1))).toMatch(
      /^broken-image: The [A-Z]+ file is broken: it ends early, and \d %|1\d % of its rows are there \(the least is 25 %\)\.$/,
    );
    for (const share of [0.5, 0.8, 0.95]) {
      const told =
        /^image-cut-short: The end of the file is missing: (\d+) % of its rows are there, the rest is blank\.$/;
      const [, percent] = told.exec(await endingOf(cut(file, share))) ?? [];
      expect(Math.abs(Number(percent) / 100 - share), `${share} is told as ${percent} %`).toBeLessThan(0.16);
    }
  });

  it('keeps the rows that are there', async () => {
    const [whole, half] = await Promise.all([drawMarkedAs('png'), drawMarkedAs('png').then((file) => cut(file, 0.6))]);
    const [all, kept] = [await levelsOf(await prepare(whole)), await levelsOf(await prepare(half))];
    expect(kept.subarray(0, 64 * 10).equals(all.subarray(0, 64 * 10))).toBe(true);
  });

  it('takes a progressive JPEG without its finest passes, and rejects a mosaic', async () => {
    const file = await noise().jpeg({ progressive: true }).toBuffer();
    expect(await endingOf(cut(file, 0.9))).toBe(
      'image-cut-short: The end of the file is missing: all of its rows are there, without the finest details.',
    );
    expect(await endingOf(cut(file, 0.08))).toBe(
      'broken-image: The JPEG file is broken: its pixels cannot be decoded.',
    );
  });

  it('rejects an interlaced PNG, whose last pass holds half of its rows', async () => {
    const file = await noise().png({ progressive: true }).toBuffer();
    expect(await endingOf(cut(file, 0.9))).toMatch(/^broken-image: /);
  });

  it('rejects an AVIF and a TIFF whose directory is lost', async () => {
    expect(await endingOf(cut(await noise().avif().toBuffer(), 0.9))).toMatch(/^broken-image: /);
    expect(await endingOf(cut(await noise().tiff({ compression: 'lzw' }).toBuffer(), 0.9))).toMatch(/^broken-image: /);
  });
});

describe('prepareImage, of files with a fault', () => {
  const DAMAGED = [
    {
      code: 'image-damaged',
      detail: 'The file has a fault that strict decoders refuse; its pixels were decoded and encoded again.',
    },
  ];

  it('encodes a PNG with a wrong checksum again', async () => {
    const file = await drawMarkedAs('png');
    const crcAt = file.indexOf('IEND', 0, 'latin1') - 8;
    file[crcAt] = (file[crcAt] ?? 0) ^ 1;
    const prepared = await prepare(file);
    expect(prepared).toMatchObject({ changed: true, warnings: DAMAGED });
    expect(await levelsOf(prepared)).toEqual(await levelsOf(await prepare(await drawMarkedAs('png'))));
  });

  it('encodes a JPEG with odd scan parameters again, as phones write them', async () => {
    const file = await drawMarkedAs('jpeg');
    const scanAt = file.indexOf('ffda', 0, 'hex');
    file[scanAt + 1 + file.readUInt16BE(scanAt + 2)] = 0x11;
    expect(await prepare(file)).toMatchObject({ changed: true, warnings: DAMAGED });
  });

  it('encodes a JPEG with stray bytes between its segments again', async () => {
    const file = await drawMarkedAs('jpeg');
    const stray = Buffer.concat([file.subarray(0, 20), Buffer.alloc(20, 0x20), file.subarray(20)]);
    expect(await prepare(stray)).toMatchObject({ changed: true, warnings: DAMAGED });
  });

  it('finds a fault in the last pixels of a file that could go as it is', async () => {
    const file = await noise().jpeg().toBuffer();
    const shortened = Buffer.concat([file.subarray(0, -40), Buffer.from('ffd9', 'hex')]);
    const prepared = await prepare(shortened);
    expect(prepared.changed).toBe(true);
    expect(codesOf(prepared)[0]).toMatch(/^image-(?:cut-short|damaged)$/);
  });

  it('rejects a PNG whose pixels are garbage from the first row on', async () => {
    const file = await drawMarkedAs('png');
    const dataAt = file.indexOf('IDAT', 0, 'latin1') + 4;
    file.set(deflateSync('no rows').subarray(0, 10), dataAt);
    expect(await endingOf(file)).toMatch(/^broken-image: /);
  });
});

describe('checkImage', () => {
  it('rejects what prepareImage rejects, and makes nothing ready', async () => {
    const file = await noise().jpeg().toBuffer();
    const check = (bytes: Buffer): Promise<void> => {
      const reading = readImageHeader(bytes, { totalBytes: bytes.length });
      if (reading.kind !== 'header') throw new Error('a whole file needs no more');
      return checkImage(bytesInHand(bytes), reading.header, LIMITS);
    };
    await expect(check(file)).resolves.toBeUndefined();
    await expect(check(cut(file, 0.8))).resolves.toBeUndefined();
    await expect(check(cut(file, 0.1))).rejects.toMatchObject({ code: 'broken-image' });
  });
});
