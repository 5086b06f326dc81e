import { brokenImage, type StoredImage } from '../imageHeader.ts';
import type { HeadBytes } from './headBytes.ts';
import { readExifOrientation } from './orientation.ts';

const HAS_EXIF = 0b1000;
const IS_ANIMATED = 0b10;
const HAS_ALPHA = 0b10000;
/** Of a lossless frame's sizes, which fill 28 bits. */
const LOSSLESS_ALPHA_BIT = 28;

/**
 * WEBP (RFC 9649, November 2024): lossy `VP8 `, lossless `VP8L`, or extended `VP8X`, whose flags announce animation and
 * EXIF. EXIF stands behind the pixels, so a file that has it is read to its end.
 */
export function readWebpHeader(head: HeadBytes): StoredImage {
  const kind = head.text(12, 4);
  if (kind === 'VP8 ') return lossy(head);
  if (kind === 'VP8L') return lossless(head);
  if (kind === 'VP8X') return extended(head);
  throw brokenImage('WEBP', 'it begins with no known chunk');
}

function lossy(head: HeadBytes): StoredImage {
  if (head.text(23, 3) !== '\x9d\x01\x2a') throw brokenImage('WEBP', 'its frame has no start code');
  return {
    format: 'webp',
    rawWidth: head.uint16(26, 'little') & 0x3fff,
    rawHeight: head.uint16(28, 'little') & 0x3fff,
    isLossless: false,
    isPlain: true,
  };
}

function lossless(head: HeadBytes): StoredImage {
  if (head.uint8(20) !== 0x2f) throw brokenImage('WEBP', 'its lossless frame has no signature');
  const sizes = head.uint32(21, 'little');
  return {
    format: 'webp',
    rawWidth: (sizes & 0x3fff) + 1,
    rawHeight: ((sizes >>> 14) & 0x3fff) + 1,
    isLossless: true,
    isPlain: true,
    mayHaveAlpha: ((sizes >>> LOSSLESS_ALPHA_BIT) & 1) === 1,
  };
}

function extended(head: HeadBytes): StoredImage {
  const flags = head.uint8(20);
  const animated = (flags & IS_ANIMATED) !== 0;
  let isLossless = false;
  let orientation: StoredImage['orientation'];
  for (const chunk of webpChunks(head)) {
    if (chunk.type === 'VP8L') isLossless = true;
    // EXIF that is cut off says nothing; what stands before it may be read.
    if (chunk.type === 'EXIF' && chunk.end <= head.length) {
      const block = head.slice(chunk.at, chunk.end);
      // Some writers put the mark of JPEG's segment before the block.
      orientation = readExifOrientation(head.text(chunk.at, 4) === 'Exif' ? block.subarray(6) : block);
      break;
    }
    const pixelsReached = chunk.type === 'VP8L' || chunk.type === 'VP8 ' || chunk.type === 'ANMF';
    if (pixelsReached && (flags & HAS_EXIF) === 0) break;
  }
  return {
    format: 'webp',
    rawWidth: head.uint24(24) + 1,
    rawHeight: head.uint24(27) + 1,
    orientation,
    animated,
    isLossless,
    isPlain: true,
    // Of a lossless frame the flag is a hint only (RFC 9649, 2.6).
    mayHaveAlpha: (flags & HAS_ALPHA) !== 0 || isLossless,
  };
}

/** The chunks of a WEBP in order (RFC 9649, 2.4) that begin within it: type, start and end of the content. */
export function* webpChunks(head: HeadBytes): Generator<{ type: string; at: number; end: number }> {
  const fileEnd = Math.min(head.uint32(4, 'little') + 8, head.length);
  for (let at = 12; at + 8 <= fileEnd; ) {
    const bytes = head.uint32(at + 4, 'little');
    yield { type: head.text(at, 4), at: at + 8, end: at + 8 + bytes };
    at += 8 + bytes + (bytes % 2);
  }
}
