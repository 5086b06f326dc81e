import { ImageRejected } from '../../errors.ts';
import { brokenImage, type StoredImage } from '../imageHeader.ts';
import type { HeadBytes } from './headBytes.ts';
import { ORIENTATION_TAG, toOrientation } from './orientation.ts';
import { assertReadableTiff, isCameraRaw, TAGS_PER_SAMPLE } from './tiffCodecs.ts';
import { readDirectory, readTiffStart, type TiffStart } from './tiffDirectory.ts';

const SUBFILE_TYPE = 254;
const OLD_SUBFILE_TYPE = 255;
const WIDTH = 256;
const HEIGHT = 257;
const PHOTOMETRIC = 262;
const JPEG_INTERCHANGE = 513;
const SUB_DIRECTORIES = 330;

/** Bits of the subfile type (TIFF 6.0, section 8). */
const REDUCED_BIT = 0b001;
const MASK_BIT = 0b100;
/** The older tag, in libtiff's names `OFILETYPE_IMAGE`, `OFILETYPE_REDUCEDIMAGE`, `OFILETYPE_PAGE`. */
const OLD_REDUCED = 2;
const MASK_PHOTOMETRIC = 4;

/** Tags that are read of a further directory: they are in ascending order, and those of its kind stand first. */
const MOST_ENTRIES = 64;
/** Counting stops here: a hostile chain may have no end. */
const MOST_PAGES = 1_000;

type Tags = ReadonlyMap<number, number>;

/**
 * TIFF 6.0 and BigTIFF: a chain of directories anywhere in the file, often at its end. Each is a page, a smaller copy of
 * one, or a mask that says which of its pixels count; the image is the first page.
 */
export function readTiffHeader(head: HeadBytes): StoredImage {
  const start = readTiffStart(head, 0);
  if (start === undefined) throw brokenImage('TIFF', 'it has no version');
  const chain = readChain(head, start);
  rejectCameraRaw(head, chain);

  // A file of copies alone has its picture in the first of them.
  const { tags, place } = chain.page ?? { tags: chain.first, place: 0 };
  assertReadableTiff(tags);
  return {
    format: 'tiff',
    rawWidth: tags.get(WIDTH) ?? 0,
    rawHeight: tags.get(HEIGHT) ?? 0,
    orientation: toOrientation(tags.get(ORIENTATION_TAG)),
    page: place,
    pages: Math.max(1, chain.pagesAt.length),
    isLossless: true,
    isPlain: false,
  };
}

/**
 * Where the directories of a TIFF's pages lie, in order: smaller copies and masks are none, and of a file of those alone the
 * first counts. Empty where it is no TIFF.
 *
 * @throws {PastHead}
 */
export function findTiffPages(head: HeadBytes): readonly number[] {
  const start = readTiffStart(head, 0);
  if (start === undefined) return [];
  const { pagesAt } = readChain(head, start);
  return pagesAt.length > 0 ? pagesAt : [start.firstDirectoryAt];
}

interface Chain {
  readonly first: Tags;
  /** The first directory that is a page, and its place in the chain. */
  readonly page: { readonly tags: Tags; readonly place: number } | undefined;
  /** Where the directories of all pages lie. */
  readonly pagesAt: readonly number[];
}

function readChain(head: HeadBytes, start: TiffStart): Chain {
  const whole = { mostEntries: 65_535, firstOf: TAGS_PER_SAMPLE };
  const first = readDirectory(head, start, { ...whole, at: start.firstDirectoryAt });
  const seen = new Set<number>([start.firstDirectoryAt]);
  let page: Chain['page'] = isPage(first.numbers) ? { tags: first.numbers, place: 0 } : undefined;
  const pagesAt = page === undefined ? [] : [start.firstDirectoryAt];
  for (let at = first.nextDirectoryAt; at !== 0 && !seen.has(at) && seen.size < MOST_PAGES; ) {
    const directory = readDirectory(head, start, {
      at,
      ...(page === undefined ? whole : { mostEntries: MOST_ENTRIES }),
    });
    if (isPage(directory.numbers)) {
      page ??= { tags: directory.numbers, place: seen.size };
      pagesAt.push(at);
    }
    seen.add(at);
    at = directory.nextDirectoryAt;
  }
  return { first: first.numbers, page, pagesAt };
}

/** Neither a smaller copy, nor a mask, nor the thumbnail that EXIF links behind a picture, which has no size of its own. */
function isPage(tags: Tags): boolean {
  const type = tags.get(SUBFILE_TYPE) ?? 0;
  const isReduced = (type & REDUCED_BIT) !== 0 || tags.get(OLD_SUBFILE_TYPE) === OLD_REDUCED;
  const isMask = (type & MASK_BIT) !== 0 || tags.get(PHOTOMETRIC) === MASK_PHOTOMETRIC;
  const isExifThumbnail = tags.has(JPEG_INTERCHANGE) && !(tags.has(WIDTH) && tags.has(HEIGHT));
  return !isReduced && !isMask && !isExifThumbnail;
}

/** Raw files of cameras are TIFFs whose first picture is a thumbnail: reading that would answer about the wrong picture. */
function rejectCameraRaw(head: HeadBytes, { first, page }: Chain): void {
  const isCanonRaw = head.length >= 10 && head.text(8, 2) === 'CR';
  const hasOnlyThumbnail = page === undefined && first.has(SUB_DIRECTORIES);
  if (isCanonRaw || hasOnlyThumbnail || isCameraRaw(first) || (page && isCameraRaw(page.tags))) {
    throw new ImageRejected(
      'unsupported-format',
      'The file is a raw file of a camera (a TIFF that begins with a thumbnail); develop it to JPEG, PNG or TIFF.',
    );
  }
}
