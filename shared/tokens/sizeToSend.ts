/** Which size of an image to send: every pixel that the model would see, or fewer where that pays. */

import type { Detail, ImageTokenRule, Model } from '../catalog/model.ts';
import type { ImageSize } from './imageSize.ts';
import { seenByModel } from './seenByModel.ts';
import { type SeenImage, seenImage, shrinkToPatches } from './seenImage.ts';

export type Quality = 'full' | 'balanced' | 'economy';

interface SizeQuestion {
  readonly detail: Detail;
  readonly quality: Quality;
  /** `economy` makes the longest side no shorter than this, unless `balanced` would. Default: 768 px. */
  readonly floorPx?: number | undefined;
}

interface SizeToSend extends ImageSize {
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
const ECONOMY_FLOOR_PX = 768;

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

function chooseSize(full: SizedTokens, choice: SizeQuestion & Omit<Search, 'leastScale'>): SizedTokens {
  const { quality, floorPx = ECONOMY_FLOOR_PX } = choice;
  const gentle = cheapestSize(full, { ...choice, leastScale: BALANCED_SHRINK });
  const balanced = gentle.tokens <= full.tokens * BALANCED_TOKENS ? gentle : full;
  const leastScale = floorPx / Math.max(full.width, full.height);
  if (quality === 'balanced' || leastScale >= 1) return balanced;
  const cheapest = cheapestSize(full, { ...choice, leastScale });
  return cheapest.tokens < balanced.tokens ? cheapest : balanced;
}

interface FullSizeQuestion {
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
function fullSize(model: Model, { rule, given, size, detail }: FullSizeQuestion): ImageSize {
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

interface SizedTokens extends ImageSize {
  readonly tokens: number;
}

interface Search {
  readonly count: (size: ImageSize) => number;
  /** Side of a tile or patch. */
  readonly stepPx: number;
  /** The smallest size that is looked at, as a part of the full one. */
  readonly leastScale: number;
}

/**
 * The cheapest size from `leastScale` of the full one upwards, and of equally cheap ones the largest. Tokens change only
 * where a side crosses the border of a tile or patch, so that only those sizes and the smallest are looked at.
 */
function cheapestSize(full: ImageSize, { count, stepPx, leastScale }: Search): SizedTokens {
  let best = counted(full, leastScale, count);
  for (const sidePx of [full.width, full.height]) {
    for (let px = Math.ceil((sidePx * leastScale) / stepPx) * stepPx; px < sidePx; px += stepPx) {
      const candidate = counted(full, px / sidePx, count);
      if (candidate.tokens > best.tokens) break;
      if (candidate.tokens < best.tokens || candidate.width * candidate.height > best.width * best.height) {
        best = candidate;
      }
    }
  }
  return best;
}

function counted(full: ImageSize, scale: number, count: Search['count']): SizedTokens {
  const width = Math.max(1, Math.round(full.width * scale));
  const height = Math.max(1, Math.round(full.height * scale));
  return { width, height, tokens: count({ width, height }) };
}
