/**
 * Limits how many pixels are decoded at once. Some pictures need all of their pixels in memory (progressive JPEG,
 * interlaced PNG, WEBP, AVIF, GIF: 3 to 8 bytes a pixel), so it is pixels that decide, not the number of files.
 */
interface DecodeGate {
  /** Runs the work when there is room for its pixels, in order of arrival; work larger than the limit runs alone. */
  readonly run: <Value>(pixels: number, work: () => Promise<Value>) => Promise<Value>;
}

export function createDecodeGate(pixelsAtOnce: number): DecodeGate {
  const waiting: { readonly pixels: number; readonly start: () => void }[] = [];
  let pixelsInside = 0;

  function admit(): void {
    for (let next = waiting[0]; next !== undefined; next = waiting[0]) {
      if (pixelsInside > 0 && pixelsInside + next.pixels > pixelsAtOnce) return;
      waiting.shift();
      pixelsInside += next.pixels;
      next.start();
    }
  }

  return {
    async run(pixels, work) {
      await new Promise<void>((resolve) => {
        waiting.push({ pixels, start: resolve });
        admit();
      });
      try {
        return await work();
      } finally {
        pixelsInside -= pixels;
        admit();
      }
    },
  };
}

/** Two photos of 12 megapixels at once, or one larger picture. */
const PIXELS_DECODED_AT_ONCE = 25_000_000;
/** What was stored without loss is held decoded, to be encoded as PNG and perhaps as JPEG. */
export const WEIGHT_OF_LOSSLESS = 3;
/** It is held decoded, as its decoder leaves it. */
export const WEIGHT_OF_HEIC = 2;
/** A page of a document is drawn in another thread, from which its pixels come: three or four pages are enough to keep it busy. */
export const WEIGHT_OF_DRAWN = 8;

/** Of this process: all of its pictures share its memory. */
export const decodeGate = createDecodeGate(PIXELS_DECODED_AT_ONCE);
