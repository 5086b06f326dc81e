/** A model that the catalogue does not have, counted by the rules of one that it has. */

import type { Model } from './model.ts';

/**
 * The row of a model that a setting declares to be `like` another: its tokens are counted as that one's; its prices,
 * regions, quota and lifecycle are unknown, and say so.
 */
export function standInModel(own: { readonly name: string; readonly version: string }, like: Model): Model {
  const source = ['This installation\'s setting "like"'];
  const asOf = like.imageTokens.asOf;
  return {
    ...like,
    name: own.name,
    version: own.version,
    lifecycle: { stage: 'unknown', generallyAvailable: asOf, retires: null, source, asOf },
    regions: { complete: false, bySku: {}, unknownSkus: [], source, asOf },
    quota: { bySku: {}, source, asOf },
    prices: { rates: [], source, asOf },
  };
}
