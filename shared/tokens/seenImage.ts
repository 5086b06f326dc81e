/**
 * What a model sees of an image: the size that it shrinks it to, and the tiles or patches and tokens that make.
 * It never enlarges. Tiles: "Images and vision guide" (OpenAI, 2026) and Azure's page on GPT-4 Turbo with Vision
 * (2024-01-02); patches: the same guide in its states of 2026-07 and 2026-09.
 */

import type { Detail, ImageTokenRule, TileRule } from '../catalog/model.ts';
import { fitWithin, type ImageSize } from './imageSize.ts';

export interface SeenImage {
  /** Pixels that the model looks at; never more than it was given. */
  readonly width: number;
  readonly height: number;
  /** What the rule charges. Of an image that the service refuses: what it would. */
  readonly tokens: number;
  readonly tiles?: number;
  readonly patches?: number;
  readonly isRefused: boolean;
}

/** Undefined where the rule knows no such detail. Sizes are taken as valid. */
export function seenImage(rule: ImageTokenRule, detail: Detail, size: ImageSize): SeenImage | undefined {
  if (rule.kind === 'tile') {
    if (detail === 'original') return undefined;
    const { width, height } = shrinkToTiles(rule, detail, size);
    if (detail === 'low') return { width, height, tokens: rule.lowTokens, isRefused: false };
    const tiles = countTiles(rule, width, height);
    return { width, height, tokens: rule.baseTokens + rule.tokensPerTile * tiles, tiles, isRefused: false };
  }
  const limits = rule.byDetail[detail];
  if (!limits) return undefined;
  const { width, height } = shrinkToPatches(rule.patchPx, limits, size);
  const patches = countPatches(rule.patchPx, width, height);
  const tokens = Math.ceil(roundOffNoise(patches * rule.multiplier));
  return { width, height, tokens, patches, isRefused: patches > rule.rejectAbovePatches };
}

/** 2500 * 1.2 is 3000 and not 3000.0000000000005: multipliers have two decimals, so that six are noise. */
function roundOffNoise(tokens: number): number {
  return Math.round(tokens * 1e6) / 1e6;
}

/**
 * The size that a tile model looks at: at `high` within 2048 px, then shortest side at most 768 px; at `low` within
 * 512 px. The longer side is rounded down in the second step ("Images and vision guide", OpenAI, 2026).
 *
 * 2048 x 4096 at `high` becomes 768 x 1536.
 */
function shrinkToTiles(rule: TileRule, detail: 'low' | 'high', size: ImageSize): ImageSize {
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
function countTiles(rule: TileRule, width: number, height: number): number {
  return Math.ceil(width / rule.tilePx) * Math.ceil(height / rule.tilePx);
}

interface PatchLimits {
  readonly fitWithinPx: number | null;
  readonly patchBudget: number | null;
}

/** Patches of the given side that cover the image, in part or in whole. */
function countPatches(patchPx: number, width: number, height: number): number {
  return Math.ceil(width / patchPx) * Math.ceil(height / patchPx);
}

/**
 * The size that a patch model looks at. Over the budget it is shrunk so that the area fits it, and then a little more,
 * so that one side ends on a patch's border ("Images and vision guide", OpenAI, 2026-07: 1800 x 2400 with a budget of
 * 1,536 becomes 1056 x 1408, 1,452 patches).
 */
export function shrinkToPatches(patchPx: number, limits: PatchLimits, size: ImageSize): ImageSize {
  const fitted = limits.fitWithinPx === null ? size : fitWithin(size, limits.fitWithinPx);
  const { patchBudget } = limits;
  if (patchBudget === null || countPatches(patchPx, fitted.width, fitted.height) <= patchBudget) return fitted;
  const areaScale = Math.sqrt((patchPx * patchPx * patchBudget) / (fitted.width * fitted.height));
  const columns = (fitted.width * areaScale) / patchPx;
  const rows = (fitted.height * areaScale) / patchPx;
  const scale = areaScale * Math.min(wholePart(columns) / columns, wholePart(rows) / rows);
  return { width: wholePx(fitted.width * scale), height: wholePx(fitted.height * scale) };
}

/** A side shorter than one patch is left as it is: it cannot be brought down to a border. */
function wholePart(patches: number): number {
  return patches < 1 ? patches : Math.floor(patches);
}

/** Rounded down, but 1407.9999999 is 1408: that is where the border lies. */
function wholePx(px: number): number {
  return Math.max(1, Math.floor(px + 1e-6));
}
