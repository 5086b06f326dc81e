/** Which price holds for a model, a SKU, a region, a day and a prompt's length. */

import { type Model, modelKey, type Rate } from './model.ts';
import { daysBetween, startOfDate } from './sourced.ts';

/** Prices older than this are shown as stale: those of GPT-5.6 changed in July and again in September 2026. */
export const PRICE_MAX_AGE_DAYS = 180;

const US_ZONE: ReadonlySet<string> = new Set([
  'centralus',
  'eastus',
  'eastus2',
  'northcentralus',
  'southcentralus',
  'westus',
  'westus3',
]);

const DAY_MS = 86_400_000;

export interface PriceQuestion {
  readonly sku: string;
  /** Decides the data zone; without it the dearest zone is taken. */
  readonly region?: string | undefined;
  /** Tokens of the whole prompt, images included: long prompts cost more on some models. */
  readonly inputTokens?: number;
  /** Epoch milliseconds. */
  readonly atMs: number;
}

/**
 * The rate that holds, or undefined where no source lists one (provisioned deployments have none: they cost by the hour).
 * Of several that hold, the one with more conditions wins, and of equals the dearer.
 *
 * `priceAt(getModel('gpt-4@vision-preview'), { sku: 'Standard', atMs: 0 })` has input 10 and output 30 USD per million.
 */
export function priceAt(model: Model, question: PriceQuestion): Rate | undefined {
  let best: Rate | undefined;
  let bestConditions = -1;
  for (const rate of model.prices.rates) {
    if (!holds(rate, question)) continue;
    const conditions = (rate.aboveInputTokens === undefined ? 0 : 2) + (isDated(rate) ? 1 : 0);
    const isDearer = (rate.input ?? 0) > (best?.input ?? 0);
    if (conditions > bestConditions || (conditions === bestConditions && isDearer)) {
      best = rate;
      bestConditions = conditions;
    }
  }
  return best;
}

function holds(rate: Rate, { sku, region, inputTokens = 0, atMs }: PriceQuestion): boolean {
  if (rate.sku !== sku) return false;
  if (rate.aboveInputTokens !== undefined && inputTokens <= rate.aboveInputTokens) return false;
  if (rate.from !== undefined && atMs < startOfDate(rate.from)) return false;
  if (rate.until !== undefined && atMs >= startOfDate(rate.until) + DAY_MS) return false;
  if (rate.zone === undefined || region === undefined) return true;
  return (rate.zone === 'US') === US_ZONE.has(region);
}

function isDated(rate: Rate): boolean {
  return rate.from !== undefined || rate.until !== undefined;
}

/** The SKU whose price an estimate shows when none is named: the first that the catalogue prices. */
export function usualSku(model: Model): string {
  return model.prices.rates[0]?.sku ?? Object.keys(model.regions.bySku)[0] ?? 'GlobalStandard';
}

/** A sentence when the model's prices were last seen more than 180 days before `nowMs`; else undefined. */
export function stalePrices(model: Model, nowMs: number): string | undefined {
  const { rates, asOf } = model.prices;
  const ageDays = daysBetween(startOfDate(asOf), nowMs);
  if (rates.length === 0 || ageDays <= PRICE_MAX_AGE_DAYS) return undefined;
  return `The prices of ${modelKey(model)} were last checked ${asOf.length === 10 ? 'on' : 'in'} ${asOf}; they count as stale after ${PRICE_MAX_AGE_DAYS} days.`;
}

/** A sentence when the price that `priceAt` found is listed nowhere, and what is taken in its place; else undefined. */
export function unlistedPrice(model: Model, sku: string, rate: Rate | undefined): string | undefined {
  if (rate && rate.derived === undefined) return undefined;
  const subject = `${modelKey(model)} (${sku})`;
  return rate ? `The price of ${subject} is derived: ${rate.derived}` : `No source lists a price for ${subject}.`;
}
