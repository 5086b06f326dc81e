import type { Orientation } from '../imageHeader.ts';
import { createHeadBytes, type HeadBytes, PastHead } from './headBytes.ts';
import { readDirectory, readTiffStart } from './tiffDirectory.ts';

/** EXIF 2.32, 4.6.4: tag 0x0112 in the first directory. */
export const ORIENTATION_TAG = 0x0112;

/** A number as an orientation; what is no orientation says nothing, which is upright. `toOrientation(9)` is 1. */
export function toOrientation(value: number | undefined): Orientation {
  return value !== undefined && Number.isInteger(value) && value >= 1 && value <= 8 ? (value as Orientation) : 1;
}

/** Whether width and height change places. */
export function liesOnItsSide(orientation: Orientation): boolean {
  return orientation >= 5;
}

/**
 * The orientation that a block of EXIF holds; upright when the block is broken, as viewers do.
 * `bytes`: the block, from the byte order mark on.
 */
export function readExifOrientation(bytes: Uint8Array): Orientation {
  try {
    return orientationOf(createHeadBytes(bytes));
  } catch (error) {
    if (error instanceof PastHead) return 1;
    throw error;
  }
}

function orientationOf(head: HeadBytes): Orientation {
  const start = readTiffStart(head, 0);
  if (start === undefined) return 1;
  const directory = readDirectory(head, start, { at: start.firstDirectoryAt, mostEntries: Number.POSITIVE_INFINITY });
  return toOrientation(directory.numbers.get(ORIENTATION_TAG));
}
