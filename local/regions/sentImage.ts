import { createHash } from 'node:crypto';
import { imageSize as sizeOf } from 'image-size';
import { isAnimatedGif } from './gifFrames.ts';
import { imageSize, invalidBase64, invalidImageFormat, invalidImageUrl } from './imageErrors.ts';
import { invalidRequest, type ServiceError } from './serviceError.ts';

/** An image as it lay in the request. */
export interface SentImage {
  /** Of the sent bytes, in hexadecimal. */
  readonly sha256: string;
  readonly bytes: Buffer;
  readonly width: number;
  readonly height: number;
  readonly detail: string | undefined;
}

type ReadImage =
  | { readonly kind: 'image'; readonly image: SentImage }
  | { readonly kind: 'refused'; readonly error: ServiceError };

/** 20 MB for each image (Microsoft Learn, "GPT with vision: input limitations", 2026-04-13). */
const maxImageBytes = 20 * 1024 * 1024;

const formats = new Set(['png', 'jpg', 'gif', 'webp']);

/** The region's own sentence: the service would fetch the image. */
const noNetwork = invalidRequest(
  'The emulated regions fetch no image URLs; send the image as a data URL (data:image/png;base64,...).',
  { code: 'invalid_image_url' },
);

/**
 * Reads an `image_url`: only data URLs, since an emulated region has no way to the network. The format is told by the
 * content, as the service does: PNG, JPEG, WEBP and GIF without animation.
 */
export function readSentImage(url: string, detail: string | undefined): ReadImage {
  if (/^https?:\/\//i.test(url)) return { kind: 'refused', error: noNetwork };
  const match = /^data:image\/[a-z0-9.+-]+;base64,/i.exec(url);
  if (!match) return { kind: 'refused', error: invalidImageUrl };
  const text = url.slice(match[0].length);
  if (text.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(text)) return { kind: 'refused', error: invalidBase64 };
  const bytes = Buffer.from(text, 'base64');
  if (bytes.length === 0 || bytes.length > maxImageBytes) return { kind: 'refused', error: imageSize };
  const size = headerOf(bytes);
  if (!size || isAnimatedGif(bytes)) return { kind: 'refused', error: invalidImageFormat };
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  return { kind: 'image', image: { sha256, bytes, ...size, detail } };
}

function headerOf(bytes: Buffer): { readonly width: number; readonly height: number } | undefined {
  try {
    const { width, height, type } = sizeOf(bytes);
    return type && formats.has(type) && width > 0 && height > 0 ? { width, height } : undefined;
  } catch (error) {
    // Its only way to say that these bytes are no image that it knows.
    if (error instanceof Error) return undefined;
    throw error;
  }
}
