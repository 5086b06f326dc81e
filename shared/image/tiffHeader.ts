import { ImageRejected } from '../errors.ts';
import { brokenImage } from './brokenImage.ts';
import type { HeadBytes } from './headBytes.ts';
import type { StoredImage } from './imageHeader.ts';
import { ORIENTATION_TAG, toOrientation } from './orientation.ts';
import { readDirectory, readTiffStart, type TiffStart } from './tiffDirectory.ts';

const SUBFILE_TYPE_TAG = 254;
const WIDTH_TAG = 256;
const HEIGHT_TAG = 257;
const DNG_VERSION_TAG = 50_706;
const REDUCED_RESOLUTION = 1;
/** Counting stops here: nobody needs to know more, and a hostile chain may have no end. */
const MOST_PAGES = 1_000;

/** TIFF 6.0 and BigTIFF: one directory a page, linked, anywhere in the file, often at its end. */
export function readTiffHeader(head: HeadBytes): StoredImage {
  const start = readTiffStart(head, 0);
  if (start === undefined) throw brokenImage('TIFF', 'it has no version');
  const first = readDirectory(head, start, { at: start.firstDirectoryAt, mostEntries: 65_535 });
  rejectCameraRaw(head, first.numbers);

  const rawWidth = first.numbers.get(WIDTH_TAG) ?? 0;
  const rawHeight = first.numbers.get(HEIGHT_TAG) ?? 0;
  return {
    format: 'tiff',
    rawWidth,
    rawHeight,
    orientation: toOrientation(first.numbers.get(ORIENTATION_TAG)),
    pages: countPages(head, { start, secondDirectoryAt: first.nextDirectoryAt }),
    isLossless: true,
    isPlain: false,
  };
}

/** Raw files of cameras are TIFFs whose first page is a thumbnail: reading that would answer about the wrong picture. */
function rejectCameraRaw(head: HeadBytes, numbers: ReadonlyMap<number, number>): void {
  const isReduced = ((numbers.get(SUBFILE_TYPE_TAG) ?? 0) & REDUCED_RESOLUTION) !== 0;
  const isCanonRaw = head.length >= 10 && head.text(8, 2) === 'CR';
  if (isReduced || isCanonRaw || numbers.has(DNG_VERSION_TAG)) {
    throw new ImageRejected(
      'unsupported-format',
      'The file is a raw file of a camera (a TIFF that begins with a thumbnail); develop it to JPEG, PNG or TIFF.',
    );
  }
}

/** Reduced copies of a page (thumbnails, pyramids) are no pages. The subfile type, if any, is a directory's first tag. */
function countPages(head: HeadBytes, chain: { start: TiffStart; secondDirectoryAt: number }): number {
  let pages = 1;
  const seen = new Set<number>([chain.start.firstDirectoryAt]);
  for (let at = chain.secondDirectoryAt; at !== 0 && !seen.has(at) && pages < MOST_PAGES; ) {
    seen.add(at);
    const directory = readDirectory(head, chain.start, { at, mostEntries: 1 });
    if (((directory.numbers.get(SUBFILE_TYPE_TAG) ?? 0) & REDUCED_RESOLUTION) === 0) pages++;
    at = directory.nextDirectoryAt;
  }
  return pages;
}
