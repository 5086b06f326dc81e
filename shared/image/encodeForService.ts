import type { Sharp } from 'sharp';
import { ImageRejected } from '../errors.ts';
import { formatCount } from './formatCount.ts';
import { SERVICE_MAX_BYTES } from './sendAsItIs.ts';

export interface EncodedImage {
  readonly bytes: Buffer;
  readonly mediaType: 'image/png' | 'image/jpeg';
}

/** Drawings, tables and pages of text stay below one byte a pixel as PNG; photographs take 1.5 and more. */
const PNG_BYTES_PER_PIXEL = 1;
/** So little is never worth a loss. */
const PNG_ALWAYS_BYTES = 65_536;
/** Tried in order. 90 shows no artefacts around letters; the second is for pictures beyond what the service takes. */
const JPEG_QUALITIES = [90, 75];

/**
 * Encodes a picture: as PNG when it was stored without loss and PNG keeps it small, which is what drawings and text
 * need; else as JPEG, with what shines through laid on white.
 *
 * @throws {ImageRejected} `too-large` when nothing brings it under the service's limit
 */
export async function encodeForService(
  picture: Sharp,
  facts: { readonly width: number; readonly height: number; readonly isLossless: boolean },
): Promise<EncodedImage> {
  if (facts.isLossless) {
    const bytes = await picture.clone().png().toBuffer();
    const smallBytes = Math.max(PNG_ALWAYS_BYTES, facts.width * facts.height * PNG_BYTES_PER_PIXEL);
    if (bytes.length <= Math.min(smallBytes, SERVICE_MAX_BYTES)) return { bytes, mediaType: 'image/png' };
  }
  const opaque = picture.clone().flatten({ background: '#ffffff' });
  let smallestBytes = Number.POSITIVE_INFINITY;
  for (const quality of JPEG_QUALITIES) {
    const bytes = await opaque.clone().jpeg({ quality, chromaSubsampling: '4:4:4' }).toBuffer();
    if (bytes.length <= SERVICE_MAX_BYTES) return { bytes, mediaType: 'image/jpeg' };
    smallestBytes = bytes.length;
  }
  throw new ImageRejected(
    'too-large',
    `The image still has ${formatCount(smallestBytes)} bytes as a JPEG; the limit for one image is ${formatCount(SERVICE_MAX_BYTES)}.`,
  );
}
