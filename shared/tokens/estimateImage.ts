/** One entry of an estimate's list: what an image costs as it is, and as it would be sent. */

import type { Detail, Model, Rate } from '../catalog/model.ts';
import { type Calibration, calibrated } from './calibration.ts';
import { promptPicoUsd } from './cost.ts';
import type { ImageSize } from './imageSize.ts';
import { countImageTokens, type ImageTokenCount } from './imageTokens.ts';
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
  readonly sent: ImageSize & { readonly tokens: number; readonly usd: number | null };
}

export interface MeasuredImage {
  readonly entry: ImageEstimate;
  readonly tokens: number;
  /** Of the image as given; what is booked lies within it, or below where what is sent costs less. */
  readonly range: readonly [low: number, high: number];
  /** Upper end of the range at the size that is sent. */
  readonly admissionTokens: number;
}

export interface ImageQuestion {
  readonly index: number;
  readonly count: number;
  readonly detail: Detail;
  readonly quality: Quality;
  readonly floorPx?: number | undefined;
  readonly rate: Rate | undefined;
  /** What the model's answers have taught; tokens and money are corrected by it, admission is not. */
  readonly calibration?: Calibration | undefined;
}

/** @throws {InvalidRequest} as `countImageTokens` does */
export function estimateImage(model: Model, size: ImageSize, question: ImageQuestion): MeasuredImage {
  const { index, count, detail, rate, calibration } = question;
  const { width, height } = size;
  const given = countImageTokens(model, size, detail);
  const toSend = sizeToSend(model, size, question);
  const isSentAsGiven = toSend.width === width && toSend.height === height;
  const sent = isSentAsGiven ? given : countImageTokens(model, toSend, detail);
  const billed = given.kind === 'counted' ? given : sent;
  const sentTokens = calibrated(toSend.tokens, calibration);
  const tokens = billed.kind === 'counted' ? calibrated(billed.tokens, calibration) : 0;
  const admissionTokens = sent.kind === 'counted' ? sent.admission : 0;
  return {
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
  };
}

const NO_RANGE = [0, 0] as const;

/**
 * What the sources say, what the service has said since, and what is booked: reduced for one source's rule, an image may
 * cost a little more by another's, which then reduces it once more.
 */
function rangeWith(
  range: readonly [number, number],
  tokens: number,
  admissionTokens: number,
): readonly [low: number, high: number] {
  const [low, high] = range;
  if (tokens >= low && tokens <= high && admissionTokens <= high) return range;
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
