/** How an image that a model would see too small is cut into parts that it sees well, all in one request. */

import type { Detail, Model } from '../../catalog/model.ts';
import type { GivenSize, ImageSize } from '../imageSize.ts';
import { countImageTokens } from '../imageTokens.ts';
import { isIllegible, mostReduction, reductionOf, type Sight } from '../legibility.ts';
import { seenByModel } from '../seenByModel.ts';
import { type Quality, sizeToSend } from '../sizeToSend.ts';
import { divideSide, type Grid, gridsOf, OVERLAP_ACROSS_HEIGHTS } from './partsGrid.ts';

/** A grid of equal parts, counted row by row. Figures of tokens are of all parts together. */
export interface PartsPlan {
  readonly columns: number;
  readonly rows: number;
  /** `columns` times `rows`, at least 2. */
  readonly count: number;
  /** Size of each part, in pixels of the image. */
  readonly part: ImageSize;
  /** How far neighbours overlap at least; 0 along a side that is not cut. */
  readonly overlap: { readonly acrossPx: number; readonly downPx: number };
  /** Size at which each part is sent. */
  readonly sent: ImageSize;
  /** Size at which the model sees each part. */
  readonly seen: ImageSize;
  readonly tokens: number;
  readonly range: readonly [low: number, high: number];
  /** Booked against quota: the upper end of the range. */
  readonly admission: number;
  /** False: the best that fits, but small print may still be lost. */
  readonly isLegible: boolean;
}

export interface PartsQuestion {
  readonly detail: Detail;
  readonly quality: Quality;
  readonly floorPx?: number | undefined;
  readonly sight: Sight;
  /** The most image tokens that the request may be charged with. */
  readonly mostTokens: number;
}

/**
 * "There's a limit of 10 images per chat request" (Microsoft Learn, "Use vision-enabled chat models", 2026-01-29), for
 * every model; the page on quotas states 50 for some. The smaller holds by both.
 */
const MOST_IMAGES = 10;

/** A4 at 300 dpi is then seen at 120 dpi. */
const COMFORTABLE_REDUCTION = 2.5;

/** Beyond the limit by these factors parts still help: print of so many times the size is read. */
const BEYOND_LIMIT = [1, Math.SQRT2, 2];

/**
 * The grid that keeps the image legible with the fewest tokens, in bands across the whole width where those do, so that
 * no line of text is cut; undefined where the image is legible as it is, or where no grid within the limits helps.
 *
 * 2480 x 3508 (A4 at 300 dpi) on gpt-4o at `high` is two bands of 2480 x 1827, 2,210 tokens.
 *
 * @throws {InvalidRequest} as `countImageTokens` does
 */
export function planParts(model: Model, size: GivenSize, question: PartsQuestion): PartsPlan | undefined {
  const whole = seenByModel(model, sizeToSend(model, size, question), question.detail);
  if (!whole || !isIllegible(size, whole, question.sight)) return undefined;
  const limit = mostReduction(size);
  const grids = gridsOf(size, Math.min(MOST_IMAGES, model.limits.maxImagesPerRequest))
    .map((grid) => measureGrid(model, size, { ...question, ...grid, limit }))
    .filter((plan) => plan !== undefined);
  for (const most of [Math.min(limit, COMFORTABLE_REDUCTION), ...BEYOND_LIMIT.map((factor) => factor * limit)]) {
    const [best] = grids.filter((plan) => reductionOf(plan.part, plan.seen) <= most).sort(byFewestTokens);
    if (best && reductionOf(best.part, best.seen) < reductionOf(size, whole)) return best;
  }
  return undefined;
}

/** Bands first: the halves of a line of text are harder to put together than lines. */
function byFewestTokens(one: PartsPlan, other: PartsPlan): number {
  const isBands = (plan: PartsPlan): number => (plan.columns === 1 ? 0 : 1);
  return isBands(one) - isBands(other) || one.tokens - other.tokens || one.count - other.count;
}

function measureGrid(
  model: Model,
  size: ImageSize,
  question: PartsQuestion & Grid & { readonly limit: number },
): PartsPlan | undefined {
  const { columns, rows, detail, limit } = question;
  const down = divideSide(size.height, rows, 0);
  const across = divideSide(size.width, columns, down.sidePx * OVERLAP_ACROSS_HEIGHTS);
  const part = { width: across.sidePx, height: down.sidePx };
  const { width, height } = sizeToSend(model, part, question);
  const seen = seenByModel(model, { width, height }, detail);
  const counted = countImageTokens(model, { width, height }, detail);
  if (!seen || counted.kind !== 'counted') return undefined;
  const count = columns * rows;
  if (counted.admission * count > question.mostTokens) return undefined;
  return {
    columns,
    rows,
    count,
    part,
    overlap: { acrossPx: across.overlapPx, downPx: down.overlapPx },
    sent: { width, height },
    seen: { width: seen.width, height: seen.height },
    tokens: counted.tokens * count,
    range: [counted.range[0] * count, counted.range[1] * count],
    admission: counted.admission * count,
    isLegible: reductionOf(part, seen) <= limit,
  };
}
