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

/** What a file is, by its content: an image, or a document whose pages are images. */
export type FileLook = Exclude<HeaderReading, { kind: 'needMore' }>;

/**
 * Reads an image's header from as few bytes as possible, and checks it against the limits. Most files need one read,
 * nearly all others two.
 *
 * @param firstBytes how much to read at first
 * @throws {ImageRejected} when the file cannot be analysed
 * @throws {ImageChanged} when its version is gone
 */
export async function lookAtFile(
  { totalBytes, read }: Pick<ImageBytes, 'totalBytes' | 'read'>,
  { limits, firstBytes = FIRST_READ_BYTES }: { readonly limits: ImageLimits; readonly firstBytes?: number },
): Promise<FileLook> {
  assertByteLength(totalBytes, limits);
  let head: Buffer = totalBytes === 0 ? Buffer.alloc(0) : await read(0, Math.min(firstBytes, totalBytes));
  const further: FilePiece[] = [];
  for (let reads = 1; reads <= MOST_READS; reads++) {
    const reading = readImageHeader(head, { totalBytes, further });
    if (reading.kind === 'document') return reading;
    if (reading.kind === 'header') {
      assertAcceptable(reading.header, totalBytes, limits);
      return reading;
    }
    const bytes = await read(reading.at, reading.bytes);
    if (reading.at === head.length) head = Buffer.concat([head, bytes]);
    else further.push({ at: reading.at, bytes });
  }
  // Only a TIFF has directories in so many places: the header of all others has come to the end of the largest file before.
  return { kind: 'document', format: 'tiff' };
}

/**
 * The header of a file that is one image, such as a page of a document.
 *
 * @throws {ImageRejected} when it cannot be analysed
 * @throws {ImageChanged} when its version is gone
 */
export async function lookAtImage(image: ImageBytes, limits: ImageLimits): Promise<ImageHeader> {
  const look = await lookAtFile(image, { limits });
  if (look.kind === 'header') return look.header;
  throw new ImageRejected('unsupported-format', 'The file is a document where an image was expected.');
}
