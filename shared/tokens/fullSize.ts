import type { Detail, ImageTokenRule, Model } from '../catalog/model.ts';
import type { ImageSize } from './imageSize.ts';
import { shrinkToPatches } from './patches.ts';
import { type SeenImage, seenImage } from './seenImage.ts';

export interface FullSizeQuestion {
  readonly rule: ImageTokenRule;
  /** What the main rule sees of the image. */
  readonly given: SeenImage;
  readonly size: ImageSize;
  readonly detail: Detail;
}

/**
 * The largest size that any source's rule would look at, so that no pixel is lost whichever source is right. Of an image
 * that the service would refuse as it is: the largest size that it takes.
 */
export function fullSize(model: Model, { rule, given, size, detail }: FullSizeQuestion): ImageSize {
  let largest = largestTaken(rule, given);
  for (const alternative of model.imageTokens.alternatives) {
    const seen = seenImage(alternative.rule, detail, size);
    if (!seen) continue;
    const taken = largestTaken(alternative.rule, seen);
    if (taken.width * taken.height > largest.width * largest.height) largest = taken;
  }
  return { width: largest.width, height: largest.height };
}

function largestTaken(rule: ImageTokenRule, seen: SeenImage): ImageSize {
  if (!seen.isRefused || rule.kind === 'tile') return seen;
  return shrinkToPatches(rule.patchPx, { fitWithinPx: null, patchBudget: rule.rejectAbovePatches }, seen);
}
