import { gifBlocks } from '../heads/gifHeader.ts';
import { createHeadBytes, type HeadBytes, PastHead } from '../heads/headBytes.ts';
import { jpegSegments } from '../heads/jpegHeader.ts';
import { pngChunks } from '../heads/pngHeader.ts';
import type { ImageFormat } from '../imageHeader.ts';

/**
 * Whether a file goes on to its own end mark, by its structure alone: decoders that find all pixels do not look for it, and
 * the service's may.
 */
export function isWhole(bytes: Buffer, format: ImageFormat): boolean {
  const findEnd = END_FINDERS[format];
  try {
    return findEnd?.(createHeadBytes(bytes), bytes) ?? false;
  } catch (error) {
    if (error instanceof PastHead) return false;
    throw error;
  }
}

const TRAILER = 0x3b;

/** TIFF, AVIF and HEIC have no mark at their end: only decoding shows it. */
export function endsWhole(bytes: Buffer, { format }: { readonly format: ImageFormat }): boolean {
  return ['tiff', 'avif', 'heic'].includes(format) || isWhole(bytes, format);
}

type FindEnd = (head: HeadBytes, bytes: Buffer) => boolean;

const END_FINDERS: Partial<Record<ImageFormat, FindEnd>> = {
  png: hasLastChunk,
  jpeg: hasEndOfImage,
  gif: hasLastBlock,
  webp: (head) => head.uint32(4, 'little') + 8 <= head.length,
};

function hasLastChunk(head: HeadBytes): boolean {
  for (const chunk of pngChunks(head)) if (chunk.type === 'IEND') return chunk.end + 4 <= head.length;
  return false;
}

/** Within a scan the two bytes ff d9 stand nowhere but at its end; before it, a thumbnail may hold them. */
function hasEndOfImage(head: HeadBytes, bytes: Buffer): boolean {
  let scanAt = 0;
  for (const segment of jpegSegments(head)) scanAt = segment.end;
  return bytes.indexOf('ffd9', scanAt, 'hex') !== -1;
}

function hasLastBlock(head: HeadBytes): boolean {
  let frames = 0;
  for (const { kind, at } of gifBlocks(head)) {
    if (kind === 'end') return frames > 0 && head.uint8(at) === TRAILER;
    if (kind === 'image') frames++;
  }
  return false;
}
