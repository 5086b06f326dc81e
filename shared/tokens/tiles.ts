/** The tile rule: fit into a box, bring the shortest side down, count squares. */

import type { TileRule } from '../catalog/model.ts';
import { fitWithin } from './fitWithin.ts';
import type { ImageSize } from './imageSize.ts';

/**
 * The size that a tile model looks at: at `high` within 2048 px, then shortest side at most 768 px; at `low` within
 * 512 px. The longer side is rounded down in the second step ("Images and vision guide", OpenAI, 2026).
 *
 * 2048 x 4096 at `high` becomes 768 x 1536.
 */
export function shrinkToTiles(rule: TileRule, detail: 'low' | 'high', size: ImageSize): ImageSize {
  if (detail === 'low') return fitWithin(size, rule.lowFitWithinPx);
  const fitted = fitWithin(size, rule.fitWithinPx);
  const { width, height } = fitted;
  const shortest = Math.min(width, height);
  const target = rule.shortestSidePx;
  if (shortest <= target) return fitted;
  return width <= height
    ? { width: target, height: Math.floor((height * target) / width) }
    : { width: Math.floor((width * target) / height), height: target };
}

/** Squares of the tile's side that cover the image, in part or in whole. */
export function countTiles(rule: TileRule, width: number, height: number): number {
  return Math.ceil(width / rule.tilePx) * Math.ceil(height / rule.tilePx);
}
