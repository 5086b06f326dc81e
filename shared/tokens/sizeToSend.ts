/** Which size of an image to send: every pixel that the model would see, or fewer where that pays. */

import type { Detail, ImageTokenRule, Model } from '../catalog/model.ts';
import type { ImageSize } from './imageSize.ts';
import { shrinkToPatches } from './patches.ts';
import { seenImage } from './seenImage.ts';

export type Quality = 'full' | 'balanced' | 'economy';

export interface SizeQuestion {
  readonly detail: Detail;
  readonly quality: Quality;
  /** `economy` makes the longest side no shorter than this. Default: 768 px. */
  readonly floorPx?: number;
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
 * The size to send, never larger than the image and never dearer, with the image's proportions (to the nearest pixel).
 * `full` is every pixel that the model would see by any of the sources, and no more; `balanced` at most 10 % less
 * linearly where that saves at least 20 % of the tokens; `economy` the cheapest size down to the floor.
 * A model whose rule is unknown gets the image as it is, with 0 tokens.
 *
 * For gpt-4o at `high`, 513 x 513 stays 513 x 513 (765 tokens) at `full` and becomes 512 x 512 (255) at `balanced`.
 */
export function sizeToSend(model: Model, size: ImageSize, question: SizeQuestion): SizeToSend {
  const { rule } = model.imageTokens;
  const { detail, quality, floorPx = ECONOMY_FLOOR_PX } = question;
  const given = rule.kind === 'unknown' ? undefined : seenImage(rule, detail, size);
  if (rule.kind === 'unknown' || !given) return { ...pick(size), tokens: 0, savedTokens: 0 };
  const count = (candidate: ImageSize): number => seenImage(rule, detail, candidate)?.tokens ?? given.tokens;
  const full = fullSize(model, rule, { size, detail });
  const fullTokens = count(full);
  const sent = (chosen: ImageSize, tokens: number): SizeToSend => ({
    ...pick(chosen),
    tokens,
    savedTokens: given.isRefused ? 0 : given.tokens - tokens,
  });
  if (!given.isRefused && fullTokens > given.tokens) return sent(size, given.tokens);
  if (quality === 'full') return sent(full, fullTokens);
  const longest = Math.max(full.width, full.height);
  const leastScale = quality === 'balanced' ? BALANCED_SHRINK : Math.min(1, floorPx / longest);
  const stepPx = rule.kind === 'tile' ? rule.tilePx : rule.patchPx;
  const cheapest = cheapestSize(full, { count, stepPx, leastScale });
  const mostTokens = quality === 'balanced' ? fullTokens * BALANCED_TOKENS : fullTokens - 1;
  return cheapest.tokens <= mostTokens ? sent(cheapest.size, cheapest.tokens) : sent(full, fullTokens);
}

function pick({ width, height }: ImageSize): ImageSize {
  return { width, height };
}

/** The largest size that any source's rule would look at, so that no pixel is lost whichever source is right. */
function fullSize(
  model: Model,
  rule: ImageTokenRule,
  { size, detail }: { size: ImageSize; detail: Detail },
): ImageSize {
  let largest = largestTaken(rule, detail, size) ?? size;
  for (const alternative of model.imageTokens.alternatives) {
    const other = largestTaken(alternative.rule, detail, size);
    if (other && other.width * other.height > largest.width * largest.height) largest = other;
  }
  return largest;
}

/** What the rule looks at; where the service would refuse that, the largest size that it takes. */
function largestTaken(rule: ImageTokenRule, detail: Detail, size: ImageSize): ImageSize | undefined {
  const seen = seenImage(rule, detail, size);
  if (!seen?.isRefused || rule.kind === 'tile') return seen;
  return shrinkToPatches(rule.patchPx, { fitWithinPx: null, patchBudget: rule.rejectAbovePatches }, seen);
}

interface Search {
  readonly count: (size: ImageSize) => number;
  readonly stepPx: number;
  readonly leastScale: number;
}

/**
 * The cheapest size from `leastScale` of the full one upwards, and of equally cheap ones the largest. Tokens change only
 * where a side crosses a tile's or patch's border, so that only those sizes and the smallest are looked at.
 */
function cheapestSize(full: ImageSize, search: Search): { readonly size: ImageSize; readonly tokens: number } {
  const { count, stepPx, leastScale } = search;
  let size = scaled(full, leastScale);
  let tokens = count(size);
  for (const side of [full.width, full.height]) {
    for (let px = Math.ceil((side * leastScale) / stepPx) * stepPx; px < side; px += stepPx) {
      const candidate = scaled(full, px / side);
      const candidateTokens = count(candidate);
      if (candidateTokens > tokens) break;
      const isLarger = candidate.width * candidate.height > size.width * size.height;
      if (candidateTokens < tokens || isLarger) {
        size = candidate;
        tokens = candidateTokens;
      }
    }
  }
  return { size, tokens };
}

function scaled({ width, height }: ImageSize, scale: number): ImageSize {
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) };
}
