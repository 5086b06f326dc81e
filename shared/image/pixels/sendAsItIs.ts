import type { ImageHeader } from '../imageHeader.ts';

/**
 * The most that the service takes for one image: "20 megabytes" (Azure, "Use vision-enabled chat models",
 * input limitations, 2026-04-13).
 * Whether a megabyte has 1,000,000 or 1,048,576 bytes is not said: the smaller is safe.
 */
export const SERVICE_MAX_BYTES = 20_000_000;

/** What the service takes (same page): PNG, JPEG, WEBP and GIF, the latter not animated. */
const SERVICE_FORMATS: ReadonlySet<string> = new Set(['png', 'jpeg', 'webp', 'gif']);

/** Width and height in pixels, upright. */
export interface PixelSize {
  readonly width: number;
  readonly height: number;
}

/**
 * Whether the bytes can go to the service untouched: a format that it takes, in a form that every decoder shows the
 * same, upright (whether the service looks at EXIF is not documented), and no larger than the target.
 */
export function canSendAsItIs(header: ImageHeader, bytes: number, target: PixelSize): boolean {
  return (
    SERVICE_FORMATS.has(header.format) &&
    header.isPlain &&
    !header.animated &&
    header.orientation === 1 &&
    header.width <= target.width &&
    header.height <= target.height &&
    bytes <= SERVICE_MAX_BYTES
  );
}
