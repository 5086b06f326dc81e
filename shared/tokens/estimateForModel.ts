/** Tokens, money and minutes for a list of images on one model, one request for each image. */

import { lifecycleWarning } from '../catalog/lifecycle.ts';
import type { Detail, Model, Stage } from '../catalog/model.ts';
import { priceAt, stalePrices, unlistedPrice, usualSku } from '../catalog/price.ts';
import { InvalidRequest } from '../errors.ts';
import type { Calibration } from './calibration.ts';
import { type CalibrationView, calibrationView } from './calibrations.ts';
import { microUsdOf, usdOf } from './cost.ts';
import { estimateImage, type ImageEstimate, type PartsOf, type RequestShape } from './estimateImage.ts';
import { addImage, NO_TOTALS, type Totals } from './estimateTotals.ts';
import { manyExceedQuota } from './exceedsQuota.ts';
import type { GivenSize } from './imageSize.ts';
import { uncountable } from './imageTokens.ts';
import type { Sight } from './legibility.ts';
import {
  largestMinuteOf,
  minutesAtQuota,
  minutesByScope,
  type Quota,
  type ScopedMinutes,
  type ScopedQuota,
} from './minutesAtQuota.ts';
import { manyIllegible } from './reductionWarnings.ts';
import { nearestDetail } from './seenByModel.ts';
import type { Quality } from './sizeToSend.ts';

/**
 * `textTokens` and `outputTokens` are of one request; text includes the messages' frame, output the reasoning. Its quota
 * is the whole pool's for this model, or what if; null outside the pool.
 */
export interface EstimateQuestion extends RequestShape, Quota {
  readonly detail: Detail;
  readonly quality: Quality;
  /** The same quota by scope; absent outside the pool. */
  readonly scopes?: readonly ScopedQuota[] | undefined;
  readonly floorPx?: number;
  readonly sight?: Sight;
  /** How images are cut; absent: each is sent whole. */
  readonly partsOf?: PartsOf | undefined;
  /** The request around an image that has words of its own; undefined: as for all. */
  readonly wordsOf?: ((size: GivenSize) => RequestShape | undefined) | undefined;
  /** These two decide the price; without them the SKU that the catalogue prices first, at the dearest zone. */
  readonly sku?: string;
  readonly region?: string;
  /** What the pool's answers have taught about the model. */
  readonly calibration?: Calibration | undefined;
  readonly nowMs: number;
}

type Usd = number | null;

/** Sums over all images. Money is null where no source lists the price. */
export interface Estimate {
  readonly model: string;
  readonly version: string;
  readonly stage: Stage;
  /** What was asked for, or `high` where the model does not take that. */
  readonly detail: Detail;
  readonly imageTokens: number;
  readonly imageTokensRange: readonly [low: number, high: number];
  /** The pages that contradict each other, where that widens the range. */
  readonly imageTokensSources?: readonly string[];
  readonly textTokens: number;
  readonly outputTokens: { readonly expected: number; readonly max: number };
  /** Of the images as they would be sent. */
  readonly admissionTokens: number;
  readonly cost: {
    readonly imagesUsd: Usd;
    readonly inputUsd: Usd;
    readonly outputUsd: { readonly expected: Usd; readonly max: Usd };
    readonly totalUsd: { readonly expected: Usd; readonly max: Usd };
  };
  readonly pricesAsOf: string;
  readonly minutesAtQuota: number | null;
  /** Absent outside the pool, and where another quota was asked about. */
  readonly minutesByScope?: readonly ScopedMinutes[];
  readonly warnings: readonly string[];
  /** Present where answers have corrected the figures. */
  readonly calibration?: CalibrationView;
  readonly perImage: readonly ImageEstimate[];
}

type CountedImage = GivenSize & { readonly count?: number; readonly index?: number };

/** The words of an image's own come on top of those of its parts. */
function withWords(parts: RequestShape | undefined, own: RequestShape | undefined, all: RequestShape): RequestShape {
  if (!parts || !own) return parts ?? own ?? all;
  return { ...parts, textTokens: parts.textTokens + own.textTokens - all.textTokens };
}

/**
 * What the images cost on the model: tokens and money as they are given, admission and minutes as they would be sent.
 *
 * One image of 150 x 150 on gpt-4@vision-preview at `high`: 255 tokens, `cost.imagesUsd` 0.00255.
 *
 * @throws {InvalidRequest} when no source says how the model counts images, or when a size is none
 */
export function estimateForModel(model: Model, images: readonly CountedImage[], question: EstimateQuestion): Estimate {
  const { quality, floorPx, sight, partsOf, wordsOf, calibration, nowMs } = question;
  const whole = { textTokens: question.textTokens, maxOutputTokens: question.outputTokens.max };
  const detail = nearestDetail(model, question.detail);
  if (model.imageTokens.rule.kind === 'unknown') {
    throw new InvalidRequest([{ path: 'models', message: uncountable(model) }]);
  }
  const { region, sku = usualSku(model) } = question;
  const where = { sku, region, atMs: nowMs };
  const shortPromptRate = priceAt(model, where);
  const longFromTokens = longPromptTokens(model);
  const largestMinuteTokens = largestMinuteOf(question);
  const perImage: ImageEstimate[] = [];
  let totals = NO_TOTALS;
  for (const [place, image] of images.entries()) {
    const { count = 1, index = place } = image;
    const shape = { index, count, detail, quality, floorPx, rate: shortPromptRate, calibration, sight, partsOf };
    const measured = estimateImage(model, image, shape);
    const request = withWords(measured.request, wordsOf?.(image), question);
    const inputTokens = measured.tokens + request.textTokens;
    const rate = inputTokens > longFromTokens ? priceAt(model, { ...where, inputTokens }) : shortPromptRate;
    const { textTokens, outputTokens } = request;
    totals = addImage(totals, measured, { rate, textTokens, outputTokens, largestMinuteTokens });
    perImage.push(measured.entry);
  }
  const estimate: Estimate = {
    model: model.name,
    version: model.version,
    stage: model.lifecycle.stage,
    detail,
    imageTokens: totals.imageTokens,
    imageTokensRange: [totals.lowTokens, totals.highTokens],
    textTokens: totals.textTokens,
    outputTokens: { expected: totals.expectedOutputTokens, max: totals.maxOutputTokens },
    admissionTokens: totals.admissionTokens,
    cost: costOf(totals),
    pricesAsOf: model.prices.asOf,
    minutesAtQuota: minutesAtQuota(totals, question),
    warnings: [
      lifecycleWarning(model, nowMs),
      stalePrices(model, nowMs),
      unlistedPrice(model, sku, shortPromptRate),
      manyExceedQuota(totals, { ...whole, model, detail, largestMinuteTokens }),
      manyIllegible(totals, { isInParts: partsOf !== undefined }),
    ].filter((warning) => warning !== undefined),
    perImage,
  };
  const contradicting = totals.lowTokens < totals.highTokens ? contradictingSources(model) : NONE;
  // Most estimates have neither, and an object that is spread costs as much as the tokens of an image.
  const { scopes } = question;
  if (contradicting === NONE && !calibration && !scopes) return estimate;
  return {
    ...estimate,
    ...contradicting,
    ...(calibration && { calibration: calibrationView(calibration) }),
    ...(scopes && { minutesByScope: minutesByScope(totals, scopes) }),
  };
}

/** From how many input tokens on a prompt may cost more. */
function longPromptTokens(model: Model): number {
  let least = Number.POSITIVE_INFINITY;
  for (const { aboveInputTokens } of model.prices.rates) {
    if (aboveInputTokens !== undefined && aboveInputTokens < least) least = aboveInputTokens;
  }
  return least;
}

const NONE: Pick<Estimate, 'imageTokensSources'> = {};

/** Gathered once for each model: an estimate of one image is a matter of microseconds. */
const gatheredSources = new WeakMap<Model, Pick<Estimate, 'imageTokensSources'>>();

function contradictingSources(model: Model): Pick<Estimate, 'imageTokensSources'> {
  const known = gatheredSources.get(model);
  if (known) return known;
  const { source, alternatives } = model.imageTokens;
  const imageTokensSources = [...new Set([...source, ...alternatives.flatMap((other) => other.source)])];
  const gathered = alternatives.length === 0 ? NONE : { imageTokensSources };
  gatheredSources.set(model, gathered);
  return gathered;
}

function costOf(totals: Totals): Estimate['cost'] {
  const { imagesPicoUsd, inputPicoUsd, expectedOutputPicoUsd, maxOutputPicoUsd } = totals;
  return {
    imagesUsd: rounded(imagesPicoUsd),
    inputUsd: rounded(inputPicoUsd),
    outputUsd: { expected: rounded(expectedOutputPicoUsd), max: rounded(maxOutputPicoUsd) },
    totalUsd: {
      expected: rounded(inputPicoUsd, expectedOutputPicoUsd),
      max: rounded(inputPicoUsd, maxOutputPicoUsd),
    },
  };
}

/** Rounded once, after summing, so that many small amounts do not vanish or grow. */
function rounded(...amounts: readonly (number | null)[]): Usd {
  let picoUsd = 0;
  for (const amount of amounts) {
    if (amount === null) return null;
    picoUsd += amount;
  }
  return usdOf(microUsdOf(picoUsd));
}
