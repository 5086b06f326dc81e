import { formatCount } from '../../errors.ts';
import { createHeadBytes, type FilePiece, type HeadBytes, PastHead } from '../../image/heads/headBytes.ts';
import { brokenImage } from '../../image/imageHeader.ts';
import type { ImageBytes } from '../../image/lookAtImage.ts';

/** Bytes of the first reads. After every four reads they double, because a chain of pages may be long. */
const PIECE_BYTES = 65_536;
const MOST_PIECE_BYTES = 8 * 2 ** 20;
const READS_OF_A_SIZE = 4;

/**
 * Does work on a file's bytes, again and again until all bytes that it needs have been read.
 *
 * @throws {ImageRejected} `broken-image` when the file ends before what it points to
 */
export async function readTiff<Value>(image: ImageBytes, work: (head: HeadBytes) => Value): Promise<Value> {
  const { totalBytes } = image;
  const pieces: FilePiece[] = [];
  for (;;) {
    try {
      return work(createHeadBytes(new Uint8Array(), { totalBytes, further: pieces }));
    } catch (error) {
      if (!(error instanceof PastHead)) throw error;
      const { at, end } = error;
      if (at < 0 || end > totalBytes) {
        throw brokenImage('TIFF', `it ends after ${formatCount(totalBytes)} bytes, within its pages`, error);
      }
      const size = Math.min(MOST_PIECE_BYTES, PIECE_BYTES * 2 ** Math.floor(pieces.length / READS_OF_A_SIZE));
      const count = Math.min(Math.max(size, end - at), totalBytes - at);
      pieces.push({ at, bytes: await image.read(at, count) });
    }
  }
}
