import { ImageRejected } from '../../errors.ts';
import { brokenImage, type StoredImage } from '../imageHeader.ts';
import type { HeadBytes } from './headBytes.ts';
import { readExifOrientation } from './orientation.ts';

export const PNG_SIGNATURE = '\x89PNG\r\n\x1a\n';

/** Of the colour type: 4 is gray with alpha, 6 is RGB with alpha. */
const ALPHA_BIT = 4;

/** PNG (Third Edition, W3C, 2025-06-24): the header chunk, and what stands before the pixels: EXIF, animation. */
export function readPngHeader(head: HeadBytes): StoredImage {
  if (head.text(12, 4) === 'CgBI') {
    throw new ImageRejected(
      'unsupported-format',
      "The file is a PNG in Apple's own compression for apps, which only Apple's software reads; save it as a plain PNG.",
    );
  }
  if (head.text(12, 4) !== 'IHDR') throw brokenImage('PNG', 'it does not begin with its header');

  let orientation: StoredImage['orientation'];
  let animated = false;
  let hasClearColour = false;
  for (const chunk of pngChunks(head)) {
    if (chunk.type === 'IDAT') break;
    if (chunk.type === 'IEND') throw brokenImage('PNG', 'it holds no pixels');
    if (chunk.type === 'acTL') animated = head.uint32(chunk.at, 'big') > 1;
    if (chunk.type === 'tRNS') hasClearColour = true;
    if (chunk.type === 'eXIf') orientation = readExifOrientation(head.slice(chunk.at, chunk.end));
  }
  return {
    format: 'png',
    rawWidth: head.uint32(16, 'big'),
    rawHeight: head.uint32(20, 'big'),
    orientation,
    animated,
    isLossless: true,
    isPlain: head.uint8(24) <= 8,
    mayHaveAlpha: hasClearColour || (head.uint8(25) & ALPHA_BIT) !== 0,
  };
}

/** The chunks of a PNG in order: type, start and end of the content. */
export function* pngChunks(head: HeadBytes): Generator<{ type: string; at: number; end: number }> {
  for (let at = 8; ; ) {
    const bytes = head.uint32(at, 'big');
    const type = head.text(at + 4, 4);
    yield { type, at: at + 8, end: at + 8 + bytes };
    at += 12 + bytes;
  }
}
