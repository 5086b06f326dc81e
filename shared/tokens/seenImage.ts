/**
 * What a model sees of an image: the size that it shrinks it to, and the tiles or patches and tokens that make.
 * It never enlarges. Tiles: "Images and vision guide" (OpenAI, 2026) and Azure's page on GPT-4 Turbo with Vision
 * (2024-01-02); patches: the same guide in its states of 2026-07 and 2026-09.
 */

import type { Detail, ImageTokenRule } from '../catalog/model.ts';
import { countPatches, shrinkToPatches } from './patches.ts';
import { countTiles, shrinkToTiles } from './tiles.ts';

export interface SeenImage {
  /** Pixels that the model looks at; never more than it was given. */
  readonly width: number;
  readonly height: number;
  /** What the rule charges. Of an image that the service refuses: what it would. */
  readonly tokens: number;
  readonly tiles?: number;
  readonly patches?: number;
  readonly isRefused: boolean;
}

/** Undefined where the rule knows no such detail. Sizes are taken as valid. */
export function seenImage(rule: ImageTokenRule, detail: Detail, size: SizeInPx): SeenImage | undefined {
  if (rule.kind === 'tile') {
    if (detail === 'original') return undefined;
    const { width, height } = shrinkToTiles(rule, detail, size);
    if (detail === 'low') return { width, height, tokens: rule.lowTokens, isRefused: false };
    const tiles = countTiles(rule, width, height);
    return { width, height, tokens: rule.baseTokens + rule.tokensPerTile * tiles, tiles, isRefused: false };
  }
  const limits = rule.byDetail[detail];
  if (!limits) return undefined;
  const { width, height } = shrinkToPatches(rule.patchPx, limits, size);
  const patches = countPatches(rule.patchPx, width, height);
  const tokens = Math.ceil(roundOffNoise(patches * rule.multiplier));
  return { width, height, tokens, patches, isRefused: patches > rule.rejectAbovePatches };
}

interface SizeInPx {
  readonly width: number;
  readonly height: number;
}

/** 2500 * 1.2 is 3000 and not 3000.0000000000005: multipliers have two decimals, so that six are noise. */
function roundOffNoise(tokens: number): number {
  return Math.round(tokens * 1e6) / 1e6;
}
