/** Options with which a model would see an image large enough, as one image. */

import type { Detail, Model } from '../catalog/model.ts';
import type { GivenSize, ImageSize } from './imageSize.ts';
import { countImageTokens } from './imageTokens.ts';
import { isIllegible, type Sight } from './legibility.ts';
import { detailsOf, seenByModel } from './seenByModel.ts';
import { type Quality, sizeToSend } from './sizeToSend.ts';

const COARSEST_FIRST: readonly Quality[] = ['economy', 'balanced', 'full'];

interface FinerWay {
  readonly seen: ImageSize;
  readonly tokens: number;
  /** As they stand in a request: `"detail": "high", "quality": "full"`. */
  readonly options: string;
}

/**
 * The cheapest detail and quality, no coarser than those asked for, with which the image is legible as a whole; undefined
 * where none is.
 *
 * 1000 x 3000 on gpt-4o at `economy` is legible with `"quality": "balanced"`.
 */
export function finerWay(
  model: Model,
  size: GivenSize,
  asked: {
    readonly detail: Detail;
    readonly quality: Quality;
    readonly floorPx?: number | undefined;
    readonly sight: Sight;
  },
): FinerWay | undefined {
  const { floorPx, sight } = asked;
  const details = detailsOf(model).slice(detailsOf(model).indexOf(asked.detail));
  const qualities = COARSEST_FIRST.slice(COARSEST_FIRST.indexOf(asked.quality));
  const ways = details.flatMap((detail) =>
    qualities.flatMap((quality): FinerWay[] => {
      const { width, height } = sizeToSend(model, size, { detail, quality, floorPx });
      const seen = seenByModel(model, { width, height }, detail);
      const counted = countImageTokens(model, { width, height }, detail);
      if (!seen || counted.kind !== 'counted' || isIllegible(size, seen, sight)) return [];
      const options = [
        detail === asked.detail ? [] : [`"detail": "${detail}"`],
        quality === asked.quality ? [] : [`"quality": "${quality}"`],
      ].flat();
      return [
        { seen: { width: seen.width, height: seen.height }, tokens: counted.tokens, options: options.join(', ') },
      ];
    }),
  );
  return ways.sort((one, other) => one.tokens - other.tokens)[0];
}
