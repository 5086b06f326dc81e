import type { ImageSize } from './imageSize.ts';

export interface SizedTokens extends ImageSize {
  readonly tokens: number;
}

export interface Search {
  readonly count: (size: ImageSize) => number;
  /** Side of a tile or patch. */
  readonly stepPx: number;
  /** The smallest size that is looked at, as a part of the full one. */
  readonly leastScale: number;
}

/**
 * The cheapest size from `leastScale` of the full one upwards, and of equally cheap ones the largest. Tokens change only
 * where a side crosses the border of a tile or patch, so that only those sizes and the smallest are looked at.
 */
export function cheapestSize(full: ImageSize, { count, stepPx, leastScale }: Search): SizedTokens {
  let best = counted(full, leastScale, count);
  for (const sidePx of [full.width, full.height]) {
    for (let px = Math.ceil((sidePx * leastScale) / stepPx) * stepPx; px < sidePx; px += stepPx) {
      const candidate = counted(full, px / sidePx, count);
      if (candidate.tokens > best.tokens) break;
      if (candidate.tokens < best.tokens || candidate.width * candidate.height > best.width * best.height) {
        best = candidate;
      }
    }
  }
  return best;
}

function counted(full: ImageSize, scale: number, count: Search['count']): SizedTokens {
  const width = Math.max(1, Math.round(full.width * scale));
  const height = Math.max(1, Math.round(full.height * scale));
  return { width, height, tokens: count({ width, height }) };
}
