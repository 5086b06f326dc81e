/** What a request costs, in whole micro-USD. */

import type { Model, Rate } from '../catalog/model.ts';
import { type PriceQuestion, priceAt } from '../catalog/price.ts';

interface BilledTokens {
  /** Text and images together, cached ones included. */
  readonly promptTokens: number;
  readonly cachedTokens: number;
  /** Reasoning included. */
  readonly completionTokens: number;
}

/**
 * The request's cost in micro-USD, rounded once to the nearest whole one (halves up); null where no source lists the
 * model's price for this SKU. Cached tokens cost the full input price where no cached one is listed.
 *
 * 255 prompt tokens of gpt-4@vision-preview are 2,550 micro-USD, which is 0.00255 USD.
 */
export function costMicroUsd(
  model: Model,
  tokens: BilledTokens,
  where: Omit<PriceQuestion, 'inputTokens'>,
): number | null {
  const rate = priceAt(model, { ...where, inputTokens: tokens.promptTokens });
  if (!rate) return null;
  const cachedTokens = Math.min(tokens.cachedTokens, tokens.promptTokens);
  const fresh = promptPicoUsd(rate, tokens.promptTokens - cachedTokens);
  const cached = promptPicoUsd({ ...rate, input: rate.cachedInput ?? rate.input }, cachedTokens);
  const output = outputPicoUsd(rate, tokens.completionTokens);
  return fresh === null || cached === null || output === null ? null : microUsdOf(fresh + cached + output);
}

/**
 * Pico-USD of a prompt without cached tokens; null where no price is known. Exact while it is a safe integer: a million
 * prompts of a million tokens still are.
 */
export function promptPicoUsd(rate: Rate | undefined, promptTokens: number): number | null {
  return rate?.input == null ? null : promptTokens * picoUsdPerToken(rate.input);
}

/** Pico-USD of an answer, reasoning included; null where no price is known. */
export function outputPicoUsd(rate: Rate | undefined, completionTokens: number): number | null {
  return rate?.output == null ? null : completionTokens * picoUsdPerToken(rate.output);
}

/** Halves are rounded up: 2.5 micro-USD are 3. */
export function microUsdOf(pico: number): number {
  return Math.round(pico / 1e6);
}

/** `usdOf(2550)` is 0.00255: for the edge, where money is shown; inside it stays whole micro-USD. */
export function usdOf(microUsd: number): number;
export function usdOf(microUsd: number | null): number | null;
export function usdOf(microUsd: number | null): number | null {
  return microUsd === null ? null : microUsd / 1e6;
}

/** `usdText(18_890)` is '$0.01889'. */
export function usdText(microUsd: number): string {
  return `$${usdOf(microUsd).toFixed(5)}`;
}

/** USD per million tokens are micro-USD per token; prices have at most six decimals, so that this is a whole number. */
function picoUsdPerToken(usdPerMillion: number): number {
  return Math.round(usdPerMillion * 1e6);
}
