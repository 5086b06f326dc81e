import { ImageRejected } from '../../errors.ts';
import { brokenImage, type StoredImage } from '../imageHeader.ts';
import type { HeadBytes } from './headBytes.ts';
import { readExifOrientation } from './orientation.ts';

const APP1 = 0xe1;
const END_OF_IMAGE = 0xd9;
const EXIF_MARK = 'Exif\0\0';
/** Decoders step over stray bytes between segments; a file with more of them than one segment holds is garbage. */
const MOST_STRAY_BYTES = 65_536;

/** ITU-T T.81 annex B: the segments up to the first scan. EXIF and colour profiles may fill megabytes before the frame. */
export function readJpegHeader(head: HeadBytes): StoredImage {
  let frame: { marker: number; width: number; height: number; bits: number; components: number } | undefined;
  let orientation: StoredImage['orientation'];
  for (const { marker, at, end } of jpegSegments(head)) {
    if (isStartOfFrame(marker)) {
      frame ??= {
        marker,
        bits: head.uint8(at),
        height: head.uint16(at + 1, 'big'),
        width: head.uint16(at + 3, 'big'),
        components: head.uint8(at + 5),
      };
    }
    if (marker === APP1 && end - at >= 14 && head.text(at, 6) === EXIF_MARK) {
      const block = head.slice(at, end);
      orientation ??= readExifOrientation(block.subarray(6));
    }
  }
  if (frame !== undefined) assertReadable(frame);
  if (frame === undefined) throw brokenImage('JPEG', 'it has no frame header');
  return {
    format: 'jpeg',
    rawWidth: frame.width,
    rawHeight: frame.height,
    orientation,
    isLossless: false,
    isPlain: EVERYWHERE_READ_FRAMES.includes(frame.marker) && frame.bits === 8 && frame.components <= 3,
  };
}

/** What the decoder (libjpeg's descendants, in 8 bits) does not read, by start of frame (ITU-T T.81, table B.1; T.87). */
function assertReadable({ marker, bits }: { readonly marker: number; readonly bits: number }): void {
  const kind = UNREAD_FRAMES[marker] ?? (bits === 8 ? undefined : `a JPEG of ${bits} bits a sample`);
  if (kind === undefined) return;
  throw new ImageRejected(
    'unsupported-format',
    `The file is ${kind}, which is not supported; save it as a baseline JPEG of 8 bits, or as PNG.`,
  );
}

/** Baseline, extended and progressive; the same with arithmetic coding are decoded here, and refused by most others. */
const EVERYWHERE_READ_FRAMES: readonly number[] = [0xc0, 0xc1, 0xc2];

const LOSSLESS = 'a lossless JPEG';
const HIERARCHICAL = 'a hierarchical JPEG';
const JPEG_LS = 0xf7;
const UNREAD_FRAMES: Readonly<Record<number, string>> = {
  195: LOSSLESS,
  197: HIERARCHICAL,
  198: HIERARCHICAL,
  199: HIERARCHICAL,
  203: 'a lossless JPEG with arithmetic coding',
  205: HIERARCHICAL,
  206: HIERARCHICAL,
  207: HIERARCHICAL,
  [JPEG_LS]: 'a JPEG-LS picture',
};

const START_OF_SCAN = 0xda;

/** The segments before the first scan's pixels, start of scan included: marker, start and end of the content. */
export function* jpegSegments(head: HeadBytes): Generator<{ marker: number; at: number; end: number }> {
  for (let at = 2; ; ) {
    at = nextMarkerAt(head, at);
    const marker = head.uint8(at + 1);
    if (marker === END_OF_IMAGE) return;
    if (standsAlone(marker)) {
      at += 2;
      continue;
    }
    const bytes = head.uint16(at + 2, 'big');
    if (bytes < 2) throw brokenImage('JPEG', `a segment says that it is ${bytes} bytes long`);
    yield { marker, at: at + 4, end: at + 2 + bytes };
    if (marker === START_OF_SCAN) return;
    at += 2 + bytes;
  }
}

function nextMarkerAt(head: HeadBytes, from: number): number {
  for (let at = from; at < from + MOST_STRAY_BYTES; at++) {
    if (head.uint8(at) !== 0xff) continue;
    const marker = head.uint8(at + 1);
    if (marker !== 0xff && marker !== 0x00) return at;
  }
  throw brokenImage('JPEG', 'it holds no segments where they should be');
}

/** SOF0 to SOF15 and JPEG-LS, without the Huffman table (c4), the reserved c8 and the arithmetic conditioning (cc). */
function isStartOfFrame(marker: number): boolean {
  if (marker === JPEG_LS) return true;
  return marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;
}

/** TEM, the restarts and a second start of image have no length. */
function standsAlone(marker: number): boolean {
  return marker === 0x01 || (marker >= 0xd0 && marker <= 0xd8);
}
