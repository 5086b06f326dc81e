import { onceDone } from '../../concurrency/once.ts';
import { findTiffPages } from '../../image/heads/tiffHeader.ts';
import type { ImageBytes } from '../../image/lookAtImage.ts';
import { layOutPage, type PageLayout } from './pageLayout.ts';
import { readTiff } from './readTiff.ts';

/**
 * Where the pages of a TIFF lie, without their pictures.
 *
 * @throws {ImageRejected} `broken-image` when the file ends before its pages do
 */
export async function layOutTiffPages(image: ImageBytes): Promise<readonly PageLayout[]> {
  return await readTiff(image, (head) => findTiffPages(head).map((at) => layOutPage(head, at)));
}

/**
 * A page of a TIFF as an image of its own: a TIFF of one page, with the bytes of that page and no others. They are read, and
 * then kept, when they are asked for.
 */
export function tiffPage(image: ImageBytes, page: PageLayout): ImageBytes {
  const { head, totalBytes } = page;
  const all = onceDone(() => copyPage(image, page));
  return {
    totalBytes,
    // The header stands before all pieces of the picture: those are not read for it.
    read: async (offset, count) =>
      offset + count <= head.length ? head.subarray(offset) : (await all()).subarray(offset),
    all,
  };
}

/** Pieces with gaps of no more than this between them are read at once. */
const WIDEST_GAP_BYTES = 65_536;

async function copyPage(image: ImageBytes, { head, pieces, totalBytes }: PageLayout): Promise<Buffer> {
  const bytes = Buffer.alloc(totalBytes);
  bytes.set(head);
  const inOrder = [...pieces].sort((one, other) => one.from - other.from);
  for (let place = 0; place < inOrder.length; ) {
    const first = inOrder[place];
    if (!first) break;
    let end = first.from + first.bytes;
    let after = place + 1;
    for (let next = inOrder[after]; next && next.from - end <= WIDEST_GAP_BYTES; next = inOrder[++after]) {
      end = Math.max(end, next.from + next.bytes);
    }
    const read = await image.read(first.from, end - first.from);
    for (const { from, bytes: length, to } of inOrder.slice(place, after)) {
      bytes.set(read.subarray(from - first.from, from - first.from + length), to);
    }
    place = after;
  }
  return bytes;
}
