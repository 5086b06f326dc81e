import { ImageRejected } from '../errors.ts';
import { assertAcceptable, assertByteLength, type ImageLimits } from '../image/assertAcceptable.ts';
import { liesOnItsSide } from '../image/orientation.ts';
import { readImageHeader } from '../image/readImageHeader.ts';
import type { ImageSize } from '../tokens/imageSize.ts';
import type { FirstReads } from './firstReads.ts';
import { readTiffPieces } from './readTiffPieces.ts';

/** Reads of more than this happen one after the other, so that many at once stay within the memory. */
const LARGE_READ_BYTES = 1024 * 1024;

const MOST_READS = 8;

export interface BlobReader {
  /** Its ending says what other files it is like, nothing more. */
  readonly name: string;
  /** `changed`: this version is gone. */
  readonly read: (offset: number, count: number) => Promise<Buffer | 'changed'>;
  readonly totalBytes: number;
}

export interface LookParts {
  readonly limits: ImageLimits;
  readonly firstReads: FirstReads;
  /** Runs one large read at a time. */
  readonly large: <Value>(read: () => Promise<Value>) => Promise<Value>;
}

/**
 * The size of an image after orientation, from as few bytes and reads as possible: one read for most files, two for nearly
 * all. No byte is read twice.
 *
 * @throws {ImageRejected} when it is no image that can be analysed
 */
export async function lookAtBlob(blob: BlobReader, parts: LookParts): Promise<ImageSize | 'changed'> {
  const { name, totalBytes } = blob;
  const { limits, firstReads, large } = parts;
  assertByteLength(totalBytes, limits);
  let head = totalBytes === 0 ? Buffer.alloc(0) : await blob.read(0, Math.min(firstReads.bytesFor(name), totalBytes));
  for (let reads = 1; reads < MOST_READS; reads++) {
    if (head === 'changed') return 'changed';
    const known: Buffer = head;
    if (isTiff(known)) return await lookAtTiff(known, blob, limits);
    const reading = readImageHeader(known, { totalBytes });
    if (reading.kind === 'header') {
      firstReads.note(name, reading.headerBytes);
      assertAcceptable(reading.header, totalBytes, limits);
      return { width: reading.header.width, height: reading.header.height };
    }
    const more = reading.bytes - known.byteLength;
    const readRest = async (): Promise<Buffer | 'changed'> => {
      const rest = await blob.read(known.byteLength, more);
      return rest === 'changed' ? rest : Buffer.concat([known, rest]);
    };
    head = more > LARGE_READ_BYTES ? await large(readRest) : await readRest();
  }
  throw new ImageRejected('broken-image', `The image's header did not end within ${MOST_READS} reads.`);
}

function isTiff(head: Buffer): boolean {
  return /^(?:II[*+]\0|MM\0[*+])/.test(head.toString('latin1', 0, 4));
}

async function lookAtTiff(head: Buffer, blob: BlobReader, limits: ImageLimits): Promise<ImageSize | 'changed'> {
  const stored = await readTiffPieces(head, blob.totalBytes, blob.read);
  if (stored === 'changed') return 'changed';
  const { rawWidth, rawHeight, orientation = 1, pages = 1 } = stored;
  if (!(rawWidth >= 1) || !(rawHeight >= 1)) {
    throw new ImageRejected('broken-image', `The TIFF file is broken: its size is ${rawWidth} x ${rawHeight} pixels.`);
  }
  if (pages > 1) {
    throw new ImageRejected('multiple-pages', `The TIFF file has ${pages} pages; one image has one page.`);
  }
  assertAcceptable({ rawWidth, rawHeight }, blob.totalBytes, limits);
  return liesOnItsSide(orientation) ? { width: rawHeight, height: rawWidth } : { width: rawWidth, height: rawHeight };
}
