import { readTiffFacts } from '../heads/tiffFacts.ts';
import type { DamagedImage } from './damage.ts';

/** A strip that says it is longer than this is not filled up. */
const MOST_FILLED_BYTES = 1024 * 1024 * 1024;

/**
 * A TIFF whose last strips or tiles are missing, with zeros in their place where they are not compressed, and the share of
 * them that is there; undefined where none is missing.
 */
export function fillTiff(bytes: Buffer, image: DamagedImage): { bytes: Buffer; share: number } | undefined {
  const facts = readTiffFacts(bytes, image.header.page);
  if (facts === undefined) return undefined;
  const end = facts.pieces.reduce((most, { at, bytes: length }) => Math.max(most, at + length), 0);
  const missing = end - bytes.length;
  if (missing <= 0 || missing > MOST_FILLED_BYTES) return undefined;
  if (!facts.isCompressed) {
    const all = facts.pieces.reduce((sum, piece) => sum + piece.bytes, 0);
    const there = facts.pieces.reduce((sum, { at, bytes: length }) => sum + clamp(bytes.length - at, length), 0);
    return { bytes: Buffer.concat([bytes, Buffer.alloc(missing)]), share: there / all };
  }
  const there = facts.pieces.filter(({ at, bytes: length }) => at + length <= bytes.length).length;
  return { bytes, share: there / facts.pieces.length };
}

const clamp = (value: number, most: number): number => Math.max(0, Math.min(value, most));
