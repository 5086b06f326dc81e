import { ImageRejected } from '../errors.ts';
import { assertAcceptable, assertByteLength, type ImageLimits } from './assertAcceptable.ts';
import type { FilePiece } from './heads/headBytes.ts';
import { FIRST_READ_BYTES, readImageHeader } from './heads/readImageHeader.ts';
import type { HeaderReading, ImageHeader } from './imageHeader.ts';

/** The bytes of one image version, read as they are needed. Both throw `ImageChanged` where the version is gone. */
export interface ImageBytes {
  readonly totalBytes: number;
  /** `count` bytes from `offset` on, or more if they are already loaded. */
  readonly read: (offset: number, count: number) => Promise<Buffer>;
  readonly all: () => Promise<Buffer>;
}

/** Bytes that are here already. */
export function bytesInHand(bytes: Buffer): ImageBytes {
  return { totalBytes: bytes.byteLength, read: async (offset) => bytes.subarray(offset), all: async () => bytes };
}

/** A pyramid in a TIFF has up to ten smaller copies, and each may have a mask. */
const MOST_READS = 32;

/**
 * Reads an image's header from as few bytes as possible, and checks it against the limits.
 *
 * @throws {ImageRejected} when the image cannot be analysed
 * @throws {ImageChanged} when its version is gone
 */
export async function lookAtImage(image: ImageBytes, limits: ImageLimits): Promise<ImageHeader> {
  return (await findHeader(image, { limits, firstBytes: FIRST_READ_BYTES })).header;
}

/**
 * The same, with the number of first bytes that it needed. Most files need one read, nearly all others two.
 *
 * @param firstBytes how much to read at first
 * @throws {ImageRejected} when it is no image that can be analysed
 * @throws {ImageChanged} when its version is gone
 */
export async function findHeader(
  { totalBytes, read }: Pick<ImageBytes, 'totalBytes' | 'read'>,
  { limits, firstBytes }: { readonly limits: ImageLimits; readonly firstBytes: number },
): Promise<Extract<HeaderReading, { kind: 'header' }>> {
  assertByteLength(totalBytes, limits);
  let head: Buffer = totalBytes === 0 ? Buffer.alloc(0) : await read(0, Math.min(firstBytes, totalBytes));
  const further: FilePiece[] = [];
  for (let reads = 1; reads <= MOST_READS; reads++) {
    const reading = readImageHeader(head, { totalBytes, further });
    if (reading.kind === 'header') {
      assertAcceptable(reading.header, totalBytes, limits);
      return reading;
    }
    const bytes = await read(reading.at, reading.bytes);
    if (reading.at === head.length) head = Buffer.concat([head, bytes]);
    else further.push({ at: reading.at, bytes });
  }
  // Only a TIFF has a header in so many places: that of all others has come to the end of the largest file before.
  throw new ImageRejected(
    'multiple-pages',
    `The TIFF file has at least ${MOST_READS - 1} pages, or copies and masks of them; one image has one page.`,
  );
}
