import { createHash } from 'node:crypto';
import { imageSize } from 'image-size';

/** An image as it lay in the request. */
export interface SentImage {
  /** Of the sent bytes, in hexadecimal. */
  readonly sha256: string;
  readonly bytes: Buffer;
  readonly width: number;
  readonly height: number;
  readonly detail: string | undefined;
}

export type ReadImage =
  | { readonly kind: 'image'; readonly image: SentImage }
  | { readonly kind: 'refused'; readonly code: string; readonly sentence: string };

/** 20 MB for each image (Microsoft Learn, "GPT with vision: input limitations", 2026-04-13). */
export const maxImageBytes = 20 * 1024 * 1024;

const formats = new Set(['png', 'jpg', 'gif', 'webp']);

/**
 * Reads an `image_url`: only data URLs, since an emulated region has no way to the network. The format is told by the
 * content, as the service does: PNG, JPEG, WEBP and GIF.
 */
export function readSentImage(url: string, detail: string | undefined): ReadImage {
  const match = /^data:[^;,]*;base64,/.exec(url);
  if (!match) {
    const sentence = url.startsWith('data:')
      ? 'Invalid image data URL: it has no base64 part.'
      : 'The emulated regions fetch no image URLs; send the image as a data URL (data:image/png;base64,...).';
    return { kind: 'refused', code: 'invalid_image_url', sentence };
  }
  const text = url.slice(match[0].length);
  const bytes = Buffer.from(text, 'base64');
  if (bytes.length === 0) return { kind: 'refused', code: 'invalid_image_url', sentence: 'Invalid image data URL.' };
  if (bytes.length > maxImageBytes) {
    const sentence = `The image has ${bytes.length} bytes; the limit is ${maxImageBytes} bytes.`;
    return { kind: 'refused', code: 'image_too_large', sentence };
  }
  const size = headerOf(bytes);
  if (!size) {
    const sentence =
      "You uploaded an unsupported image. Please make sure your image is valid and has of one the following formats: ['png', 'jpeg', 'gif', 'webp'].";
    return { kind: 'refused', code: 'invalid_image_format', sentence };
  }
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  return { kind: 'image', image: { sha256, bytes, ...size, detail } };
}

function headerOf(bytes: Buffer): { readonly width: number; readonly height: number } | undefined {
  try {
    const { width, height, type } = imageSize(bytes);
    return type && formats.has(type) && width > 0 && height > 0 ? { width, height } : undefined;
  } catch (error) {
    // Its only way to say that these bytes are no image that it knows.
    if (error instanceof Error) return undefined;
    throw error;
  }
}
