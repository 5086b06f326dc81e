import { formatCount } from '../errors.ts';
/** Width and height of an image in pixels, after orientation. */
export interface ImageSize {
  readonly width: number;
  readonly height: number;
}

/** An image with what is known of its print: a page of a PDF declares it. */
export interface GivenSize extends ImageSize {
  /** Height of the smallest print in pixels of this size; absent: not known. */
  readonly smallestPrintPx?: number | undefined;
  /** Text that goes into its prompt: what a page of a PDF declares, where that is sent along. */
  readonly declaredText?: string | undefined;
}

/** Many images are of one size: each size once, in the order of the first of it, with how many there are. */
export function alikeTogether(sizes: readonly GivenSize[]): readonly (GivenSize & { readonly count: number })[] {
  const bySize = new Map<string, GivenSize & { readonly count: number }>();
  for (const size of sizes) {
    const key = `${size.width}x${size.height}x${size.smallestPrintPx}x${size.declaredText}`;
    bySize.set(key, { ...size, count: (bySize.get(key)?.count ?? 0) + 1 });
  }
  return [...bySize.values()];
}

/** The largest side that is still a size: 2^31 - 1, the most that any image format can state. */
const MAX_SIDE_PX = 2_147_483_647;

/** A sentence for each side that is no number of pixels; empty for a size that can be counted. */
export function sizeProblems({ width, height }: ImageSize): readonly string[] {
  if (isSide(width) && isSide(height)) return NO_PROBLEMS;
  const problems: string[] = [];
  if (!isSide(width)) problems.push(sideProblem('width', width));
  if (!isSide(height)) problems.push(sideProblem('height', height));
  return problems;
}

const NO_PROBLEMS: readonly string[] = [];

function isSide(px: number): boolean {
  return Number.isInteger(px) && px >= 1 && px <= MAX_SIDE_PX;
}

function sideProblem(side: string, px: number): string {
  return `The ${side} is ${px}; it must be a whole number of pixels from 1 to ${formatCount(MAX_SIDE_PX)}.`;
}

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
