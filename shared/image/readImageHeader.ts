import { ImageRejected } from '../errors.ts';
import { readAvifHeader } from './avifHeader.ts';
import { brokenImage } from './brokenImage.ts';
import { rejectForeignFile } from './foreignFile.ts';
import { formatCount } from './formatCount.ts';
import { readGifHeader } from './gifHeader.ts';
import { createHeadBytes, type HeadBytes, PastHead } from './headBytes.ts';
import type { HeaderReading, ImageFormat, ImageHeader, StoredImage } from './imageHeader.ts';
import { readJpegHeader } from './jpegHeader.ts';
import { liesOnItsSide } from './orientation.ts';
import { PNG_SIGNATURE, readPngHeader } from './pngHeader.ts';
import { readTiffHeader } from './tiffHeader.ts';
import { readWebpHeader } from './webpHeader.ts';

/** What to read of a file at first: one read is enough for nearly every file, and a photo's EXIF fits. */
export const FIRST_READ_BYTES = 65_536;

/** With every further read the head grows fourfold, so that a chain of long segments costs few reads. */
const GROWTH = 4;
const SPARE_BYTES = 4_096;

/**
 * What an image says of itself, told by its content and from as few of its bytes as possible.
 *
 * ```ts
 * readImageHeader(first64KiB, { totalBytes: 3_400_000 });
 * // { kind: 'header', header: { format: 'jpeg', width: 3000, height: 4000, orientation: 6, ... }, headerBytes: 24_601 }
 * ```
 *
 * @param head the first bytes of the file, `FIRST_READ_BYTES` or all that there are; after `needMore`, as many as it says
 * @throws {ImageRejected} `not-an-image`, `unsupported-format`, `broken-image`, `multiple-pages`
 */
export function readImageHeader(head: Uint8Array, facts: { readonly totalBytes: number }): HeaderReading {
  const totalBytes = Math.max(facts.totalBytes, head.length);
  const format = tellFormat(head);
  if (format === undefined) {
    if (head.length < Math.min(SPARE_BYTES, totalBytes)) {
      return { kind: 'needMore', bytes: Math.min(FIRST_READ_BYTES, totalBytes) };
    }
    throw rejectForeignFile(head, totalBytes);
  }
  try {
    const bytes = createHeadBytes(head);
    const stored = READERS[format](bytes, head, totalBytes);
    return { kind: 'header', header: toHeader(stored), headerBytes: bytes.readBytes() };
  } catch (error) {
    if (!(error instanceof PastHead)) throw error;
    if (error.neededBytes > totalBytes || head.length >= totalBytes) {
      throw brokenImage(NAMES[format], `it ends after ${formatCount(totalBytes)} bytes, within its header`, error);
    }
    const bytes = Math.max(error.neededBytes + SPARE_BYTES, head.length * GROWTH, FIRST_READ_BYTES);
    return { kind: 'needMore', bytes: Math.min(bytes, totalBytes) };
  }
}

const READERS: Record<ImageFormat, (head: HeadBytes, bytes: Uint8Array, totalBytes: number) => StoredImage> = {
  png: readPngHeader,
  jpeg: readJpegHeader,
  webp: readWebpHeader,
  gif: readGifHeader,
  tiff: readTiffHeader,
  avif: (head, _bytes, totalBytes) => readAvifHeader(head, totalBytes),
};

const NAMES: Record<ImageFormat, string> = {
  png: 'PNG',
  jpeg: 'JPEG',
  webp: 'WEBP',
  gif: 'GIF',
  tiff: 'TIFF',
  avif: 'AVIF',
};

function tellFormat(head: Uint8Array): ImageFormat | undefined {
  const start = Buffer.from(head.buffer, head.byteOffset, Math.min(64, head.length)).toString('latin1');
  if (start.startsWith(PNG_SIGNATURE)) return 'png';
  if (start.startsWith('\xff\xd8\xff')) return 'jpeg';
  if (/^RIFF....WEBP/s.test(start)) return 'webp';
  if (/^GIF8[79]a/.test(start)) return 'gif';
  if (/^(?:II[*+]\0|MM\0[*+])/.test(start)) return 'tiff';
  // The major brand, or one of the compatible ones: some writers put `mif1` first. Animations (`avis`) are not decoded.
  if (/^....ftyp(?:avif|mif1.{4}(?:.{4})*?avif)/s.test(start)) return 'avif';
  return undefined;
}

function toHeader(stored: StoredImage): ImageHeader {
  const { format, rawWidth, rawHeight, orientation = 1, page = 0, pages = 1, animated = false } = stored;
  const { isLossless, isPlain, mayHaveAlpha = false } = stored;
  if (!(rawWidth >= 1) || !(rawHeight >= 1)) {
    throw brokenImage(NAMES[format], `its size is ${rawWidth} x ${rawHeight} pixels`);
  }
  if (pages > 1) {
    throw new ImageRejected(
      'multiple-pages',
      `The TIFF file has ${pages >= 1_000 ? 'at least ' : ''}${formatCount(pages)} pages; one image has one page. Split it into one file a page.`,
    );
  }
  const [width, height] = liesOnItsSide(orientation) ? [rawHeight, rawWidth] : [rawWidth, rawHeight];
  const shape = { format, width, height, rawWidth, rawHeight, orientation };
  return { ...shape, page, pages, animated, isLossless, isPlain, mayHaveAlpha };
}
