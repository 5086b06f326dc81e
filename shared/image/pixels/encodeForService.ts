import type sharp from 'sharp';
import type { JpegOptions, Sharp } from 'sharp';
import { formatCount, ImageRejected } from '../../errors.ts';
import { SERVICE_MAX_BYTES } from './sendAsItIs.ts';

export interface EncodedImage {
  readonly bytes: Buffer;
  readonly mediaType: 'image/png' | 'image/jpeg';
  readonly width: number;
  readonly height: number;
}

/** A page of text takes 0.3 bytes a pixel as PNG, a table 0.2, a chart 0.1, a photograph 1.5 and more. */
const PNG_BYTES_PER_PIXEL = 1;
/** A PNG below this size is always kept. */
const PNG_ALWAYS_BYTES = 65_536;

/** Full colour, for coloured letters; without the second pass, which holds the whole picture to save a few percent. */
const JPEG: JpegOptions = { quality: 90, chromaSubsampling: '4:4:4', optimiseCoding: false };
/** Fallback for pictures that exceed the service's limit at the first try. */
const SMALLER_JPEG: JpegOptions = { quality: 75, chromaSubsampling: '4:2:0' };

/**
 * Encodes a picture that is ready but for its encoding: as PNG when it was stored without loss and PNG keeps it small,
 * which is what drawings and text need; else as JPEG. Nothing of it shines through any more.
 *
 * @throws {ImageRejected} `too-large` when nothing brings it under the service's limit
 */
export async function encodeForService(
  load: typeof sharp,
  picture: Sharp,
  facts: { readonly isLossless: boolean },
): Promise<EncodedImage> {
  if (!facts.isLossless) return encodeAsJpeg(picture);

  // Decoded once, for it may be encoded twice.
  const { data: pixels, info } = await picture.raw().toBuffer({ resolveWithObject: true });
  const { width, height, channels } = info;
  const decoded = load(pixels, { raw: { width, height, channels }, limitInputPixels: false });
  const bytes = await decoded.png().toBuffer();
  const smallBytes = Math.min(SERVICE_MAX_BYTES, Math.max(PNG_ALWAYS_BYTES, width * height * PNG_BYTES_PER_PIXEL));
  return bytes.length <= smallBytes ? { bytes, mediaType: 'image/png', width, height } : encodeAsJpeg(decoded);
}

async function encodeAsJpeg(picture: Sharp): Promise<EncodedImage> {
  for (const quality of [JPEG, SMALLER_JPEG]) {
    // The same pipeline runs again: a clone of it would copy the whole file, and stop the process meanwhile.
    const { data: bytes, info } = await picture.jpeg(quality).toBuffer({ resolveWithObject: true });
    if (bytes.length <= SERVICE_MAX_BYTES) {
      return { bytes, mediaType: 'image/jpeg', width: info.width, height: info.height };
    }
  }
  throw new ImageRejected(
    'too-large',
    `The image has more than ${formatCount(SERVICE_MAX_BYTES)} bytes even as a JPEG, which is the limit for one image.`,
  );
}
