/** The quota that comes with a model where an installation states none. */

import type { Model } from './model.ts';

/** The lowest ratio that any model of the last two years has as a rule; used where nothing is published. */
const CAREFUL_REQUESTS_PER_1K_TOKENS = 1;

/**
 * Requests per minute for each 1,000 tokens per minute: the SKU's own ratio, else the model's lowest, else 1.
 * `requestsPer1kTokens(getModel('gpt-4@vision-preview'), 'Standard')` is 6.
 */
export function requestsPer1kTokens(model: Model, sku: string): number {
  const { bySku } = model.quota;
  const own = Object.hasOwn(bySku, sku) ? bySku[sku] : undefined;
  if (own) return own.requestsPer1kTokens;
  const known = Object.values(bySku).map((quota) => quota.requestsPer1kTokens);
  return known.length > 0 ? Math.min(...known) : CAREFUL_REQUESTS_PER_1K_TOKENS;
}
