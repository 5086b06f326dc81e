import sharp, { type Sharp } from 'sharp';
import { type HeicWriting, writeHeic } from '../../local/samples/heic/writeHeic.ts';
import type { ImageFormat } from '../../shared/image/imageHeader.ts';

/** Pictures for tests, drawn when they are needed: a red mark in the upper left corner shows which way is up. */

const WIDTH = 64;
const HEIGHT = 48;
/** Formats that sharp writes: all but one. */
export type DrawnFormat = Exclude<ImageFormat, 'heic'>;
export const ALL_FORMATS: readonly DrawnFormat[] = ['png', 'jpeg', 'webp', 'gif', 'tiff', 'avif'];
export const RED = [255, 0, 0] as const;
export const TEAL = [51, 170, 119] as const;

export interface Drawing {
  readonly width?: number;
  readonly height?: number;
}

/** A teal picture, 64 x 48 unless told otherwise, its upper left quarter red. */
export function drawMarked({ width = WIDTH, height = HEIGHT }: Drawing = {}): Sharp {
  const pixels = Buffer.alloc(width * height * 3);
  for (let at = 0; at < width * height; at++) {
    const isMark = at % width < width / 2 && at < (width * height) / 2;
    pixels.set(isMark ? RED : TEAL, at * 3);
  }
  return sharp(pixels, { raw: { width, height, channels: 3 } });
}

export function drawMarkedAs(format: DrawnFormat, drawing: Drawing = {}): Promise<Buffer> {
  return drawMarked(drawing).toFormat(format).toBuffer();
}

/** The same as a HEIC file. */
export async function drawMarkedHeic(writing: HeicWriting = {}, drawing: Drawing = {}): Promise<Buffer> {
  const { data, info } = await drawMarked(drawing).raw().toBuffer({ resolveWithObject: true });
  return writeHeic({ width: info.width, height: info.height, rgb: data }, writing);
}

/** Noise is what a photograph is to an encoder. */
export function drawNoise({ width = WIDTH, height = HEIGHT }: Drawing = {}): Sharp {
  return sharp({
    create: { width, height, channels: 3, background: '#888', noise: { type: 'gaussian', mean: 128, sigma: 40 } },
  });
}

/** Two frames of 40 x 30, the first red and the second teal. */
export function drawAnimation(): Sharp {
  const frame = (colour: readonly number[]): Buffer =>
    Buffer.from(
      Array(40 * 30)
        .fill(colour)
        .flat(),
    );
  const pixels = Buffer.concat([frame(RED), frame(TEAL)]);
  return sharp(pixels, { raw: { width: 40, height: 60, channels: 3, pageHeight: 30 } });
}

/** A JPEG with so many segments of 65,535 bytes before its frame. */
export async function jpegWithSegments(count: number): Promise<Buffer> {
  const jpeg = await drawMarkedAs('jpeg');
  const segment = Buffer.alloc(65_537, 0x20);
  segment.set([0xff, 0xe2, 0xff, 0xff]);
  return Buffer.concat([jpeg.subarray(0, 2), ...Array<Buffer>(count).fill(segment), jpeg.subarray(2)]);
}

/** A TIFF whose pages are 2 x 3, 8-bit gray, without compression; `subfileTypes`: one page each (1: a thumbnail). */
export function tiffOfPages(subfileTypes: readonly number[], order: 'little' | 'big' = 'little', gapBytes = 0): Buffer {
  const entries = 8;
  const pageBytes = 2 + entries * 12 + 4 + 6 + gapBytes;
  const tiff = Buffer.alloc(8 + subfileTypes.length * pageBytes);
  const put16 = (value: number, at: number): number =>
    order === 'little' ? tiff.writeUInt16LE(value, at) : tiff.writeUInt16BE(value, at);
  const put32 = (value: number, at: number): number =>
    order === 'little' ? tiff.writeUInt32LE(value, at) : tiff.writeUInt32BE(value, at);
  tiff.write(order === 'little' ? 'II' : 'MM', 0, 'latin1');
  put16(42, 2);
  put32(8, 4);
  for (const [page, subfileType] of subfileTypes.entries()) {
    const at = 8 + page * pageBytes;
    const pixelsAt = at + 2 + entries * 12 + 4;
    const tags = [
      [254, subfileType],
      [256, 2],
      [257, 3],
      [258, 8],
      [259, 1],
      [262, 1],
      [273, pixelsAt],
      [279, 6],
    ] as const;
    put16(entries, at);
    for (const [place, [tag, value]] of tags.entries()) {
      const entryAt = at + 2 + place * 12;
      put16(tag, entryAt);
      put16(4, entryAt + 2);
      put32(1, entryAt + 4);
      put32(value, entryAt + 8);
    }
    put32(page + 1 < subfileTypes.length ? at + pageBytes : 0, pixelsAt - 4);
    tiff.fill(200, pixelsAt, pixelsAt + 6);
  }
  return tiff;
}

/** The first bytes of a PNG of any size; only its header is there. */
export function pngHeaderOf({ width, height }: { width: number; height: number }): Buffer {
  const png = Buffer.alloc(57);
  png.set(Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex'));
  png.writeUInt32BE(width, 16);
  png.writeUInt32BE(height, 20);
  png.set([8, 2], 24);
  png.write('IDAT', 37, 'latin1');
  return png;
}
