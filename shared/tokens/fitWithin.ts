import type { ImageSize } from './imageSize.ts';

/**
 * The size shrunk, never enlarged, so that neither side is longer than the box; sides are rounded to the nearest pixel
 * and never vanish. `fitWithin({ width: 3000, height: 500 }, 2048)` is 2048 x 341.
 */
export function fitWithin(size: ImageSize, boxPx: number): ImageSize {
  const longest = Math.max(size.width, size.height);
  if (longest <= boxPx) return size;
  return {
    width: Math.max(1, Math.round((size.width * boxPx) / longest)),
    height: Math.max(1, Math.round((size.height * boxPx) / longest)),
  };
}
