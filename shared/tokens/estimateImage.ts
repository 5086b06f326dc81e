/** One entry of an estimate's list: what an image costs as it is, and as it would be sent. */

import type { Detail, Model, Rate } from '../catalog/model.ts';
import { type Calibration, calibrated } from './calibration.ts';
import { promptPicoUsd } from './cost.ts';
import type { GivenSize, ImageSize } from './imageSize.ts';
import { countImageTokens, type ImageTokenCount } from './imageTokens.ts';
import { isIllegible, type Sight } from './legibility.ts';
import type { PartsPlan } from './parts/partsPlan.ts';
import { type PartsFacts, partsFacts } from './parts/partsText.ts';
import { seenByModel } from './seenByModel.ts';
import { type Quality, sizeToSend } from './sizeToSend.ts';

export interface ImageEstimate extends ImageSize {
  /** Place in the list that was asked about, from 0. */
  readonly index: number;
  /** How many images of this size; all other figures are of one. */
  readonly count: number;
  readonly tiles?: number;
  readonly patches?: number;
  /** Null where the service would refuse the image as given: `refused` says why, and the sums count it as sent. */
  readonly tokens: number | null;
  /** To the last digit, for it may be counted a million times. Null where no source lists the price, or `tokens` is null. */
  readonly usd: number | null;
  readonly refused?: string;
  /** With `parts` the size is that of each part, tokens and money are those of all. */
  readonly sent: ImageSize & { readonly tokens: number; readonly usd: number | null; readonly parts?: PartsFacts };
}

export interface MeasuredImage {
  readonly entry: ImageEstimate;
  readonly tokens: number;
  /** Of the image as given; what is booked lies within it, or below where what is sent costs less. */
  readonly range: readonly [low: number, high: number];
  /** Upper end of the range at the size that is sent. */
  readonly admissionTokens: number;
  /** The request around it, where that is another than for an image that is sent whole. */
  readonly request?: RequestShape;
  /** Small print would be lost on the way to the model. */
  readonly isIllegible: boolean;
}

/** What goes with an image. */
export interface RequestShape {
  readonly textTokens: number;
  readonly outputTokens: { readonly expected: number; readonly max: number };
}

/** How an image is cut, and what goes with its parts; undefined where it is sent whole. */
export type PartsOf = (size: GivenSize) => (RequestShape & { readonly plan: PartsPlan }) | undefined;

interface ImageQuestion {
  readonly index: number;
  readonly count: number;
  readonly detail: Detail;
  readonly quality: Quality;
  readonly floorPx?: number | undefined;
  readonly rate: Rate | undefined;
  /** What the task needs to see; absent: nothing that could be lost. */
  readonly sight?: Sight | undefined;
  /** Absent: every image is sent whole. */
  readonly partsOf?: PartsOf | undefined;
  /** What the model's answers have taught; tokens and money are corrected by it, admission is not. */
  readonly calibration?: Calibration | undefined;
}

/** @throws {InvalidRequest} as `countImageTokens` does */
export function estimateImage(model: Model, size: GivenSize, question: ImageQuestion): MeasuredImage {
  const { index, count, detail, rate, calibration, sight } = question;
  const { width, height } = size;
  const given = countImageTokens(model, size, detail);
  const toSend = sizeToSend(model, size, question);
  const isSentAsGiven = toSend.width === width && toSend.height === height;
  const sent = isSentAsGiven ? given : countImageTokens(model, toSend, detail);
  const billed = given.kind === 'counted' ? given : sent;
  const sentTokens = calibrated(toSend.tokens, calibration);
  const tokens = billed.kind === 'counted' ? calibrated(billed.tokens, calibration) : 0;
  const admissionTokens = sent.kind === 'counted' ? sent.admission : 0;
  // What is sent as given is seen as given.
  const seen = isSentAsGiven || !sight ? undefined : seenByModel(model, toSend, detail);
  const isTooSmall = seen !== undefined && sight !== undefined && isIllegible(size, seen, sight);
  const whole: MeasuredImage = {
    entry: {
      index,
      width,
      height,
      count,
      ...asGiven(given, tokens, rate),
      sent: {
        width: toSend.width,
        height: toSend.height,
        tokens: sentTokens,
        usd: usdOfPrompt(rate, sentTokens),
      },
    },
    tokens,
    range: billed.kind === 'counted' ? rangeWith(billed.range, tokens, admissionTokens) : NO_RANGE,
    admissionTokens,
    isIllegible: isTooSmall,
  };
  const cut = isTooSmall ? question.partsOf?.(size) : undefined;
  return cut ? inParts(whole, cut, question) : whole;
}

/** The sums count what is sent, for the image as given would not be read. */
function inParts(
  whole: MeasuredImage,
  { plan, ...request }: RequestShape & { readonly plan: PartsPlan },
  { rate, calibration }: ImageQuestion,
): MeasuredImage {
  const tokens = calibrated(plan.tokens, calibration);
  const sent = { ...plan.sent, tokens, usd: usdOfPrompt(rate, tokens), parts: partsFacts(plan) };
  return {
    entry: { ...whole.entry, sent },
    tokens,
    range: rangeWith(plan.range, tokens, plan.admission),
    admissionTokens: plan.admission,
    request,
    isIllegible: !plan.isLegible,
  };
}

const NO_RANGE = [0, 0] as const;

/**
 * What the sources say, what the service has said since, and what is booked: reduced for one source's rule, an image may
 * cost a little more by another's, which then reduces it once more.
 */
function rangeWith(
  [low, high]: readonly [number, number],
  tokens: number,
  admissionTokens: number,
): readonly [low: number, high: number] {
  return [Math.min(low, tokens), Math.max(high, tokens, admissionTokens)];
}

function asGiven(
  given: ImageTokenCount,
  tokens: number,
  rate: Rate | undefined,
): Pick<ImageEstimate, 'tiles' | 'patches' | 'tokens' | 'usd' | 'refused'> {
  if (given.kind !== 'counted') return { tokens: null, usd: null, refused: given.detail };
  const { tiles, patches } = given;
  const usd = usdOfPrompt(rate, tokens);
  if (tiles !== undefined) return { tiles, tokens, usd };
  return patches === undefined ? { tokens, usd } : { patches, tokens, usd };
}

function usdOfPrompt(rate: Rate | undefined, tokens: number): number | null {
  const pico = promptPicoUsd(rate, tokens);
  return pico === null ? null : pico / 1e12;
}
