import { gifBlocks } from './gifHeader.ts';
import { createHeadBytes, type HeadBytes, PastHead } from './headBytes.ts';
import type { ImageFormat } from './imageHeader.ts';
import { jpegSegments } from './jpegHeader.ts';
import { pngChunks } from './pngHeader.ts';

/**
 * Whether a file goes on to its own end mark, by its structure alone: microseconds, where decoding takes tens of
 * milliseconds. What is not whole is decoded, and the decoder has the last word.
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
  for (const block of gifBlocks(head)) {
    if (block === 'end') return frames > 0;
    if (block === 'image') frames++;
  }
  return false;
}
