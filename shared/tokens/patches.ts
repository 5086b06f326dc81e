/** The patch rule: fit into a box, then shrink until the patches fit into a budget. */

import { fitWithin } from './fitWithin.ts';
import type { ImageSize } from './imageSize.ts';

export interface PatchLimits {
  readonly fitWithinPx: number | null;
  readonly patchBudget: number | null;
}

/** Patches of the given side that cover the image, in part or in whole. */
export function countPatches(patchPx: number, width: number, height: number): number {
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
