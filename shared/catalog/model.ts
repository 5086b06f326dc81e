/** A row of the catalogue as the rest of Argus sees it. `schema.ts` checks that models.json has this shape. */

/** How finely the model looks at an image. Always sent, because some models look at full size when it is left out. */
export type Detail = 'low' | 'high' | 'original';

export type Stage = 'preview' | 'ga' | 'legacy' | 'deprecated' | 'retired' | 'unknown';

/** 512 px tiles after two shrinking steps; `low` is a flat price. */
export interface TileRule {
  readonly kind: 'tile';
  readonly baseTokens: number;
  readonly tokensPerTile: number;
  readonly tilePx: number;
  readonly fitWithinPx: number;
  readonly shortestSidePx: number;
  readonly lowTokens: number;
}

/** 32 px patches within a box and a budget, times a multiplier. */
export interface PatchRule {
  readonly kind: 'patch';
  readonly patchPx: number;
  readonly multiplier: number;
  /** Absent detail levels are not taken by the model. `patchBudget` null: no budget. */
  readonly byDetail: Readonly<
    Partial<Record<Detail, { readonly fitWithinPx: number | null; readonly patchBudget: number | null }>>
  >;
  /** More patches than this after sizing are refused by the service. */
  readonly rejectAbovePatches: number;
}

export type ImageTokenRule = TileRule | PatchRule;

export interface Parameters {
  readonly chatCompletions: boolean;
  readonly outputCap: 'max_tokens' | 'max_completion_tokens';
  readonly temperature: boolean;
  readonly topP: boolean;
  /** Effort levels of a model that thinks, lowest first; empty for one that does not. */
  readonly reasoningEfforts: readonly string[];
  /** Takes `response_format: json_schema`. */
  readonly jsonSchema: boolean;
}

/** USD per million tokens; null where no source gives it. */
export interface TokenPrices {
  readonly input: number | null;
  readonly cachedInput: number | null;
  readonly output: number | null;
}
