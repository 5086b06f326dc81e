import { ImageRejected } from '../errors.ts';
import { brokenImage } from '../image/brokenImage.ts';
import { PastHead } from '../image/headBytes.ts';
import type { StoredImage } from '../image/imageHeader.ts';
import { createSparseHead } from '../image/sparseHead.ts';
import { readTiffHeader } from '../image/tiffHeader.ts';

/** A directory stands where the writer was when it closed a page, often at the file's end: it is read where it is. */
const PIECE_BYTES = 4_096;
const PIECE_LEAD_BYTES = 16;
/** A pyramid has up to ten smaller copies, and each may have a mask. */
const MOST_PIECES = 32;

/**
 * The header of a TIFF file, from pieces of it wherever they are.
 *
 * @param head the file's first bytes
 * @param read gives `count` bytes from `offset` on
 * @throws {ImageRejected} `broken-image`, `multiple-pages`, `unsupported-format`
 */
export async function readTiffPieces(
  head: Buffer,
  totalBytes: number,
  read: (offset: number, count: number) => Promise<Buffer | 'changed'>,
): Promise<StoredImage | 'changed'> {
  const sparse = createSparseHead(totalBytes);
  sparse.add(0, head);
  for (let pieces = 0; pieces < MOST_PIECES; pieces++) {
    try {
      return readTiffHeader(sparse);
    } catch (error) {
      if (!(error instanceof PastHead)) throw error;
      if (error.neededBytes > totalBytes) throw brokenImage('TIFF', 'it ends within its header', error);
      const offset = Math.max(0, error.neededBytes - PIECE_LEAD_BYTES);
      const piece = await read(offset, Math.min(PIECE_BYTES, totalBytes - offset));
      if (piece === 'changed') return 'changed';
      sparse.add(offset, piece);
    }
  }
  throw new ImageRejected(
    'multiple-pages',
    `The TIFF file has at least ${MOST_PIECES - 1} pages, or copies and masks of them; one image has one page.`,
  );
}
