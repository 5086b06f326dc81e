/** One entry of an estimate's list: what an image costs as it is, and as it would be sent. */

import type { Detail, Model, Rate } from '../catalog/model.ts';
import { microUsdOf, promptPicoUsd, usdOf } from './cost.ts';
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
  /** Null where no source lists the price, or `tokens` is null. */
  readonly usd: number | null;
  readonly refused?: string;
  readonly sent: ImageSize & { readonly tokens: number; readonly usd: number | null };
}

export interface MeasuredImage {
  readonly entry: ImageEstimate;
  readonly tokens: number;
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
}

/** @throws {InvalidRequest} as `countImageTokens` does */
export function estimateImage(model: Model, size: ImageSize, question: ImageQuestion): MeasuredImage {
  const { index, count, detail, rate } = question;
  const { width, height } = size;
  const given = countImageTokens(model, size, detail);
  const toSend = sizeToSend(model, size, question);
  const isSentAsGiven = toSend.width === width && toSend.height === height;
  const sent = isSentAsGiven ? given : countImageTokens(model, toSend, detail);
  const billed = given.kind === 'counted' ? given : sent;
  return {
    entry: {
      index,
      width,
      height,
      count,
      ...asGiven(given, rate),
      sent: {
        width: toSend.width,
        height: toSend.height,
        tokens: toSend.tokens,
        usd: usdOfPrompt(rate, toSend.tokens),
      },
    },
    tokens: billed.kind === 'counted' ? billed.tokens : 0,
    range: billed.kind === 'counted' ? billed.range : [0, 0],
    admissionTokens: sent.kind === 'counted' ? sent.admission : 0,
  };
}

function asGiven(
  given: ImageTokenCount,
  rate: Rate | undefined,
): Pick<ImageEstimate, 'tiles' | 'patches' | 'tokens' | 'usd' | 'refused'> {
  if (given.kind !== 'counted') return { tokens: null, usd: null, refused: given.detail };
  const { tokens, tiles, patches } = given;
  const usd = usdOfPrompt(rate, tokens);
  if (tiles !== undefined) return { tiles, tokens, usd };
  return patches === undefined ? { tokens, usd } : { patches, tokens, usd };
}

function usdOfPrompt(rate: Rate | undefined, tokens: number): number | null {
  const pico = promptPicoUsd(rate, tokens);
  return pico === null ? null : usdOf(microUsdOf(pico));
}
