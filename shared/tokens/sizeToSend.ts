/** Which size of an image to send: every pixel that the model would see, or fewer where that pays. */

import type { Detail, Model } from '../catalog/model.ts';
import { cheapestSize, type SizedTokens } from './cheapestSize.ts';
import { fullSize } from './fullSize.ts';
import type { ImageSize } from './imageSize.ts';
import { seenByModel } from './seenByModel.ts';
import { seenImage } from './seenImage.ts';

export type Quality = 'full' | 'balanced' | 'economy';

export interface SizeQuestion {
  readonly detail: Detail;
  readonly quality: Quality;
  /** `economy` makes the longest side no shorter than this, unless `balanced` would. Default: 768 px. */
  readonly floorPx?: number | undefined;
}

export interface SizeToSend extends ImageSize {
  /** By the model's main rule, at the size to send. */
  readonly tokens: number;
  /** Against sending the image as it is; 0 also where the service would refuse it as it is. */
  readonly savedTokens: number;
}

/** `balanced` makes no side shorter than this part of what the model would see. */
const BALANCED_SHRINK = 0.9;
/** `balanced` shrinks only when that leaves at most this part of the tokens. */
const BALANCED_TOKENS = 0.8;
/** Where a task states no floor of its own: an A4 page is then at 66 dpi, which only large print survives. */
export const ECONOMY_FLOOR_PX = 768;

/**
 * The size to send, never larger than the image, never dearer by the main rule, with the image's proportions (to a pixel
 * or two, where the model itself rounds so).
 * `full` is every pixel that the model would see by any of the sources, and no more; `balanced` at most 10 % less
 * linearly where that saves at least 20 % of the tokens; `economy` the cheapest size down to the floor.
 * A model whose rule is unknown gets the image as it is, with 0 tokens.
 *
 * For gpt-4o at `high`, 513 x 513 stays 513 x 513 (765 tokens) at `full` and becomes 512 x 512 (255) at `balanced`.
 *
 * @throws {InvalidRequest} as `countImageTokens` does
 */
export function sizeToSend(model: Model, size: ImageSize, question: SizeQuestion): SizeToSend {
  const { detail } = question;
  const { rule } = model.imageTokens;
  const given = seenByModel(model, size, detail);
  if (!given || rule.kind === 'unknown') return { width: size.width, height: size.height, tokens: 0, savedTokens: 0 };
  const count = (candidate: ImageSize): number => seenImage(rule, detail, candidate)?.tokens ?? given.tokens;
  const full = fullSize(model, { rule, given, size, detail });
  const isWhole = full.width === size.width && full.height === size.height;
  const whole = { width: full.width, height: full.height, tokens: isWhole ? given.tokens : count(full) };
  const stepPx = rule.kind === 'tile' ? rule.tilePx : rule.patchPx;
  const chosen = question.quality === 'full' ? whole : chooseSize(whole, { ...question, count, stepPx });
  const { width, height, tokens } = chosen;
  return { width, height, tokens, savedTokens: given.isRefused ? 0 : given.tokens - tokens };
}

function chooseSize(full: SizedTokens, choice: SizeQuestion & Counting): SizedTokens {
  const { quality, floorPx = ECONOMY_FLOOR_PX } = choice;
  const gentle = cheapestSize(full, { ...choice, leastScale: BALANCED_SHRINK });
  const balanced = gentle.tokens <= full.tokens * BALANCED_TOKENS ? gentle : full;
  const leastScale = floorPx / Math.max(full.width, full.height);
  if (quality === 'balanced' || leastScale >= 1) return balanced;
  const cheapest = cheapestSize(full, { ...choice, leastScale });
  return cheapest.tokens < balanced.tokens ? cheapest : balanced;
}

interface Counting {
  readonly count: (size: ImageSize) => number;
  readonly stepPx: number;
}
