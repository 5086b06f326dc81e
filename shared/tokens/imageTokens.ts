import { formatCount } from '../errors.ts';
/** How many tokens an image costs on a model, and how sure that is. */

import { type Detail, type Model, modelKey } from '../catalog/model.ts';
import type { ImageSize } from './imageSize.ts';
import { seenByModel } from './seenByModel.ts';
import { seenImage } from './seenImage.ts';

export type ImageTokenCount =
  | {
      readonly kind: 'counted';
      /** By the catalogue's main rule: what an estimate shows. */
      readonly tokens: number;
      /** Lowest and highest that any source gives; the same number twice where sources agree. */
      readonly range: readonly [low: number, high: number];
      /** What is booked against quota: the upper end of the range. */
      readonly admission: number;
      readonly tiles?: number;
      readonly patches?: number;
      /** What each source says, the main rule first. */
      readonly sources: readonly { readonly tokens: number; readonly source: readonly string[] }[];
    }
  /** The service would refuse the image at this size and detail. A smaller one may pass: see `sizeToSend`. */
  | { readonly kind: 'refused'; readonly patches: number; readonly limitPatches: number; readonly detail: string }
  /** No source says how this model counts. */
  | { readonly kind: 'unknown'; readonly detail: string };

/**
 * Tokens of one image, without its message and without text.
 *
 * `countImageTokens(getModel('gpt-4@vision-preview'), { width: 513, height: 150 }, 'high')` has 2 tiles and 425 tokens.
 *
 * @throws {InvalidRequest} for a side that is no whole number from 1 to 2^31 - 1, or a detail that the model does not take
 */
export function countImageTokens(model: Model, size: ImageSize, detail: Detail): ImageTokenCount {
  const { rule, alternatives, source } = model.imageTokens;
  const seen = seenByModel(model, size, detail);
  if (!seen) return { kind: 'unknown', detail: uncountable(model) };
  if (seen.isRefused && rule.kind === 'patch') return refused(model, seen.patches ?? 0, rule.rejectAbovePatches);
  const { tokens, tiles, patches } = seen;
  const sources = [{ tokens, source }];
  let low = tokens;
  let high = tokens;
  for (const alternative of alternatives) {
    const other = seenImage(alternative.rule, detail, size);
    if (!other || other.isRefused) continue;
    sources.push({ tokens: other.tokens, source: alternative.source });
    low = Math.min(low, other.tokens);
    high = Math.max(high, other.tokens);
  }
  const counted = { kind: 'counted', tokens, range: [low, high], admission: high, sources } as const;
  if (tiles !== undefined) return { ...counted, tiles };
  return patches === undefined ? counted : { ...counted, patches };
}

function refused(model: Model, patches: number, limitPatches: number): ImageTokenCount {
  const [count, limit] = [patches, limitPatches].map(formatCount);
  const detail = `The image has ${count} patches for ${modelKey(model)}; the service refuses more than ${limit}.`;
  return { kind: 'refused', patches, limitPatches, detail };
}

/** What to say about a model whose rule is unknown. */
export function uncountable(model: Model): string {
  return `No source says how ${modelKey(model)} counts images; name the model that it is like.`;
}
