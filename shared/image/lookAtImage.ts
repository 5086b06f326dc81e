import { ImageRejected } from '../errors.ts';
import { assertAcceptable, assertByteLength, type ImageLimits } from './assertAcceptable.ts';
import type { ImageHeader } from './imageHeader.ts';
import { FIRST_READ_BYTES, readImageHeader } from './readImageHeader.ts';

/** The bytes of one image version, read as they are needed. */
export interface ImageBytes {
  readonly totalBytes: number;
  /** The first `count` bytes; `changed`: this version is gone. */
  readonly head: (count: number) => Promise<Buffer | 'changed'>;
  readonly all: () => Promise<Buffer | 'changed'>;
}

/** Bytes that are here already. */
export function bytesInHand(bytes: Buffer): ImageBytes {
  return { totalBytes: bytes.byteLength, head: async (count) => bytes.subarray(0, count), all: async () => bytes };
}

/** A header that never comes to its end is no header; each read is at least four times the one before. */
const MOST_READS = 8;

/**
 * What the image says of itself, from as few bytes as possible, held against the limits.
 *
 * @throws {ImageRejected} when it is no image that can be analysed
 */
export async function lookAtImage(image: ImageBytes, limits: ImageLimits): Promise<ImageHeader | 'changed'> {
  assertByteLength(image.totalBytes, limits);
  let count = Math.min(FIRST_READ_BYTES, image.totalBytes);
  for (let reads = 0; reads < MOST_READS; reads++) {
    const head = await image.head(count);
    if (head === 'changed') return 'changed';
    const reading = readImageHeader(head, { totalBytes: image.totalBytes });
    if (reading.kind === 'header') {
      assertAcceptable(reading.header, image.totalBytes, limits);
      return reading.header;
    }
    count = reading.bytes;
  }
  throw new ImageRejected(
    'broken-image',
    `The image's header did not end within ${count.toLocaleString('en-US')} bytes.`,
  );
}
