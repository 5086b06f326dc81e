import type { ImageHeader } from '../imageHeader.ts';
import { loadSharp, openPicture } from '../pixels/loadSharp.ts';
import { canDecode } from '../pixels/renderImage.ts';
import type { Damage, DamagedImage } from './damage.ts';
import { fillTiff } from './fillTiff.ts';
import { isWhole } from './isWhole.ts';
import { jpegPasses } from './jpegPasses.ts';
import { countPngRows } from './pngRows.ts';
import { webpRows, withoutMissingChunks } from './webpRows.ts';

type Assess = (bytes: Buffer, opening: DamagedImage) => Promise<Damage>;

/** The number of columns to which a row is reduced for the check. */
const LOOKED_AT_COLUMNS = 32;
const END_OF_IMAGE = Buffer.from([0xff, 0xd9]);

/** Finds why a strict decoder refuses a file. Costs a second decoding, and is needed only for damaged files. */
export function assessDamage(bytes: Buffer, image: DamagedImage): Promise<Damage> {
  return ASSESSORS[image.header.format](bytes, image);
}

const ASSESSORS: Record<ImageHeader['format'], Assess> = {
  jpeg: assessJpeg,
  png: assessPng,
  gif: assessGif,
  webp: assessWebp,
  tiff: assessTiff,
  avif: async () => ({ kind: 'lost' }),
  heic: async () => ({ kind: 'lost' }),
};

async function assessJpeg(bytes: Buffer, image: DamagedImage): Promise<Damage> {
  const hasEnd = isWhole(bytes, 'jpeg');
  const ended = hasEnd ? bytes : Buffer.concat([bytes, END_OF_IMAGE]);
  if (!hasEnd && (await canDecode(ended, { ...image, forgives: 'none' })))
    return { kind: 'cut', bytes: ended, share: 1 };
  const passes = jpegPasses(bytes);
  if (passes !== 'sequential') {
    if (hasEnd) return { kind: 'minor', bytes };
    return passes === 'detailed' ? { kind: 'coarse', bytes: ended } : { kind: 'lost' };
  }
  const share = await shareOfRows(ended, image, isUndecodedJpeg);
  if (share === undefined) return { kind: 'lost' };
  return hasEnd && share === 1 ? { kind: 'minor', bytes } : { kind: 'cut', bytes: ended, share };
}

async function assessPng(bytes: Buffer): Promise<Damage> {
  const { rows, ofRows, bytes: ended } = await countPngRows(bytes);
  if (rows === ofRows && isWhole(bytes, 'png')) return { kind: 'minor', bytes };
  return rows === 0 ? { kind: 'lost' } : { kind: 'cut', bytes: ended, share: rows / ofRows };
}

async function assessGif(bytes: Buffer, image: DamagedImage): Promise<Damage> {
  if (isWhole(bytes, 'gif') && (await canDecode(bytes, { ...image, forgives: 'minor' })))
    return { kind: 'minor', bytes };
  const share = await shareOfRows(bytes, image, (pixel) => pixel.length === 4 && pixel[3] === 0);
  return share === undefined ? { kind: 'lost' } : { kind: 'cut', bytes, share };
}

async function assessWebp(bytes: Buffer, image: DamagedImage): Promise<Damage> {
  const opening = { ...image, forgives: 'minor' } as const;
  if (isWhole(bytes, 'webp') && (await canDecode(bytes, opening))) return { kind: 'minor', bytes };
  const trimmed = withoutMissingChunks(bytes);
  if (trimmed && (await canDecode(trimmed, opening))) return { kind: 'cut', bytes: trimmed, share: 1 };
  return (await webpRows(bytes, opening)) ?? { kind: 'lost' };
}

async function assessTiff(bytes: Buffer, image: DamagedImage): Promise<Damage> {
  const opening = { ...image, forgives: 'minor' } as const;
  if (await canDecode(bytes, opening)) return { kind: 'minor', bytes };
  const cut = fillTiff(bytes, image);
  return cut && (await canDecode(cut.bytes, { ...image, forgives: 'any' }))
    ? { kind: 'cut', ...cut }
    : { kind: 'lost' };
}

/**
 * The share of the rows before those at the end that hold nothing. Their right end decides: rows are filled from the
 * left. Undefined where nothing can be decoded at all.
 */
async function shareOfRows(
  bytes: Buffer,
  image: DamagedImage,
  isNothing: (pixel: Uint8Array, last: Uint8Array) => boolean,
): Promise<number | undefined> {
  const load = await loadSharp();
  const columns = Math.min(LOOKED_AT_COLUMNS, image.header.rawWidth);
  const size = { width: columns, height: image.header.rawHeight, fit: 'fill' as const, kernel: 'nearest' as const };
  const decoding = openPicture(load, bytes, { ...image, forgives: 'any' }).resize({ ...size, fastShrinkOnLoad: false });
  const decoded = await decoding
    .raw()
    .toBuffer({ resolveWithObject: true })
    .catch(() => undefined);
  if (decoded === undefined) return undefined;
  const { data, info } = decoded;
  const last = data.subarray(-info.channels);
  const rowBytes = info.width * info.channels;
  let rows = info.height;
  while (rows > 0 && isNothing(data.subarray(rows * rowBytes - info.channels, rows * rowBytes), last)) rows--;
  return rows / info.height;
}

/** Blocks that no data came for are of one middle grey, which a colour profile shifts a little. */
function isUndecodedJpeg(pixel: Uint8Array, last: Uint8Array): boolean {
  const isGrey = Math.max(...pixel) - Math.min(...pixel) <= 8 && Math.abs((pixel[0] ?? 0) - 128) <= 12;
  return isGrey && pixel.every((value, channel) => value === last[channel]);
}
