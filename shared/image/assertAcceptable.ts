import { formatCount, ImageRejected } from '../errors.ts';
import { assertHeicDecodable } from './heic/decodeHeic.ts';
import type { ImageHeader } from './imageHeader.ts';

export interface ImageLimits {
  readonly maxBytes: number;
  /** Of the picture as it is stored: what decoding costs. */
  readonly maxPixels: number;
}

/**
 * Rejects images that are too large, or for which there is no decoder, before anything is decoded.
 *
 * @throws {ImageRejected} `too-large`, `unsupported-format`, `too-many-pixels`: "The image has 900,000,000 pixels; the limit
 * is 268,402,689."
 */
export function assertAcceptable(
  header: Pick<ImageHeader, 'format' | 'rawWidth' | 'rawHeight'>,
  totalBytes: number,
  limits: ImageLimits,
): void {
  assertByteLength(totalBytes, limits);
  const pixels = header.rawWidth * header.rawHeight;
  if (pixels > limits.maxPixels) {
    throw new ImageRejected(
      'too-many-pixels',
      `The image has ${formatCount(pixels)} pixels; the limit is ${formatCount(limits.maxPixels)}.`,
    );
  }
  if (header.format === 'heic') assertHeicDecodable(pixels);
}

/**
 * The part that needs no header: call it before reading any byte.
 *
 * @throws {ImageRejected} `too-large`: "The file has 104,857,601 bytes; the limit is 104,857,600."
 */
export function assertByteLength(totalBytes: number, limits: Pick<ImageLimits, 'maxBytes'>): void {
  if (totalBytes > limits.maxBytes) {
    throw new ImageRejected(
      'too-large',
      `The file has ${formatCount(totalBytes)} bytes; the limit is ${formatCount(limits.maxBytes)}.`,
    );
  }
}
