/** The images of a folder by size, where a list of every single one would be too long. */

import { microUsdOf, usdOf } from './cost.ts';
import type { ImageEstimate } from './estimateImage.ts';

export interface SizeClass {
  /** Longest side in pixels, up to and including this; each class reaches twice as far as the one before. */
  readonly longestSide: number;
  readonly images: number;
  /** As given; images that the service would refuse as given are counted as sent. */
  readonly tokens: number;
  readonly usd: number | null;
}

const SMALLEST_CLASS_PX = 256;

/** Sums by longest side: 256, 512, 1024 and so on, smallest first, classes without images left out. */
export function sizeClasses(perImage: readonly ImageEstimate[]): readonly SizeClass[] {
  const classes = new Map<number, { images: number; tokens: number; picoUsd: number | null }>();
  for (const { width, height, count, tokens, usd, sent } of perImage) {
    const longestSide = classOf(Math.max(width, height));
    const sum = classes.get(longestSide) ?? { images: 0, tokens: 0, picoUsd: 0 };
    const imageUsd = tokens === null ? sent.usd : usd;
    classes.set(longestSide, {
      images: sum.images + count,
      tokens: sum.tokens + (tokens ?? sent.tokens) * count,
      picoUsd: sum.picoUsd === null || imageUsd === null ? null : sum.picoUsd + Math.round(imageUsd * 1e12) * count,
    });
  }
  return [...classes]
    .sort(([a], [b]) => a - b)
    .map(([longestSide, { images, tokens, picoUsd }]) => ({
      longestSide,
      images,
      tokens,
      usd: picoUsd === null ? null : usdOf(microUsdOf(picoUsd)),
    }));
}

function classOf(longestPx: number): number {
  let edgePx = SMALLEST_CLASS_PX;
  while (edgePx < longestPx) edgePx *= 2;
  return edgePx;
}
