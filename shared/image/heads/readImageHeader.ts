import { formatCount } from '../../errors.ts';
import {
  brokenImage,
  type HeaderReading,
  type ImageFormat,
  type ImageHeader,
  type StoredImage,
} from '../imageHeader.ts';
import { readAvifHeader } from './avifHeader.ts';
import { isPdf, rejectForeignFile } from './foreignFile.ts';
import { readGifHeader } from './gifHeader.ts';
import { createHeadBytes, type FilePiece, type HeadBytes, PastHead } from './headBytes.ts';
import { readHeicHeader } from './heicHeader.ts';
import { readJpegHeader } from './jpegHeader.ts';
import { liesOnItsSide } from './orientation.ts';
import { PNG_SIGNATURE, readPngHeader } from './pngHeader.ts';
import { readTiffHeader } from './tiffHeader.ts';
import { readWebpHeader } from './webpHeader.ts';

/** What to read of a file at first: one read is enough for nearly every file, and a photo's EXIF fits. */
export const FIRST_READ_BYTES = 65_536;

/** With every further read the first bytes grow fourfold, so that a chain of long segments costs few reads. */
const GROWTH = 4;
const SPARE_BYTES = 4_096;

/**
 * A directory of a TIFF stands where the writer was when it closed a page, often at the end: it is read where it is; so is the
 * description of a HEIC file that stands behind its pixels.
 */
const PIECE_BYTES = 4_096;
/** Values of a directory often stand right before it. */
const PIECE_LEAD_BYTES = 16;

/**
 * Reads format, size and orientation from an image's content, never from its name, with as few reads as possible. A PDF and a
 * TIFF with several pages are documents.
 *
 * ```ts readImageHeader(first64KiB, { totalBytes: 3_400_000 }); // { kind: 'header', header: { format: 'jpeg', width:
 * 3000, height: 4000, orientation: 6, ... }, headerBytes: 24_601 }
 * ```
 *
 * @param head the first bytes of the file, `FIRST_READ_BYTES` or all that there are
 * @param file its length, and the pieces of it that `needMore` asked for
 * @throws {ImageRejected} `not-an-image`, `unsupported-format`, `broken-image`
 */
export function readImageHeader(
  head: Uint8Array,
  file: { readonly totalBytes: number; readonly further?: readonly FilePiece[] },
): HeaderReading {
  const totalBytes = Math.max(file.totalBytes, head.length);
  const format = formatOf(head);
  if (format === undefined) {
    if (head.length < Math.min(SPARE_BYTES, totalBytes)) {
      return { kind: 'needMore', at: head.length, bytes: Math.min(FIRST_READ_BYTES, totalBytes) - head.length };
    }
    if (isPdf(head)) return { kind: 'document', format: 'pdf' };
    throw rejectForeignFile(head, totalBytes);
  }
  try {
    const bytes = createHeadBytes(head, file);
    const stored = READERS[format](bytes);
    if ((stored.pages ?? 1) > 1) return { kind: 'document', format: 'tiff' };
    const header = toHeader(stored);
    return { kind: 'header', header, headerBytes: bytes.usedBytes() };
  } catch (error) {
    if (!(error instanceof PastHead)) throw error;
    if (error.end > totalBytes || head.length >= totalBytes) {
      throw brokenImage(NAMES[format], `it ends after ${formatCount(totalBytes)} bytes, within its header`, error);
    }
    const isApart = format === 'tiff' || (format === 'heic' && error.at >= head.length);
    const { at, end } = isApart ? pieceOf(error) : { at: head.length, end: grownBytes(head, error) };
    return { kind: 'needMore', at, bytes: Math.min(end, totalBytes) - at };
  }
}

function pieceOf({ at, end }: PastHead): { readonly at: number; readonly end: number } {
  const from = Math.max(0, at - PIECE_LEAD_BYTES);
  return { at: from, end: Math.max(end, from + PIECE_BYTES) };
}

function grownBytes(head: Uint8Array, { end }: PastHead): number {
  return Math.max(end + SPARE_BYTES, head.length * GROWTH, FIRST_READ_BYTES);
}

const READERS: Record<ImageFormat, (head: HeadBytes) => StoredImage> = {
  png: readPngHeader,
  jpeg: readJpegHeader,
  webp: readWebpHeader,
  gif: readGifHeader,
  tiff: readTiffHeader,
  avif: readAvifHeader,
  heic: readHeicHeader,
};

const NAMES: Record<ImageFormat, string> = {
  png: 'PNG',
  jpeg: 'JPEG',
  webp: 'WEBP',
  gif: 'GIF',
  tiff: 'TIFF',
  avif: 'AVIF',
  heic: 'HEIC',
};

function formatOf(head: Uint8Array): ImageFormat | undefined {
  const start = Buffer.from(head.buffer, head.byteOffset, Math.min(64, head.length)).toString('latin1');
  if (start.startsWith(PNG_SIGNATURE)) return 'png';
  if (start.startsWith('\xff\xd8\xff')) return 'jpeg';
  if (/^RIFF....WEBP/s.test(start)) return 'webp';
  if (/^GIF8[79]a/.test(start)) return 'gif';
  if (/^(?:II[*+]\0|MM\0[*+])/.test(start)) return 'tiff';
  // The major brand, or one of the compatible ones: some writers put `mif1` first. Animations (`avis`) are not decoded.
  if (/^....ftyp(?:avif|mif1.{4}(?:.{4})*?avif)/s.test(start)) return 'avif';
  if (/^....ftyp(?:hei[cmsx]|hev[cmsx]|m[is]f1)/s.test(start)) return 'heic';
  return undefined;
}

function toHeader(stored: StoredImage): ImageHeader {
  const { format, rawWidth, rawHeight, orientation = 1, page = 0, pages = 1, animated = false } = stored;
  const { isLossless, isPlain, mayHaveAlpha = false } = stored;
  if (!(rawWidth >= 1) || !(rawHeight >= 1)) {
    throw brokenImage(NAMES[format], `its size is ${rawWidth} x ${rawHeight} pixels`);
  }
  const [width, height] = liesOnItsSide(orientation) ? [rawHeight, rawWidth] : [rawWidth, rawHeight];
  const shape = { format, width, height, rawWidth, rawHeight, orientation };
  return { ...shape, page, pages, animated, isLossless, isPlain, mayHaveAlpha };
}
