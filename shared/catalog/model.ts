/**
 * A row of the catalogue, exactly as it stands in models.json: `schema.ts` checks in a test that the file has this shape,
 * so that nothing has to be parsed or converted when the application starts.
 */

import type { Sourced } from './sourced.ts';

/** How finely the model reads an image. Always sent, because some models use the full size by default. */
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
  /** The square that the model looks at with detail `low`. */
  readonly lowFitWithinPx: number;
}

/** 32 px patches within a box and a budget, times a multiplier. */
interface PatchRule {
  readonly kind: 'patch';
  readonly patchPx: number;
  readonly multiplier: number;
  /** The model does not accept absent detail levels. `patchBudget` null: no budget. */
  readonly byDetail: Readonly<
    Partial<Record<Detail, { readonly fitWithinPx: number | null; readonly patchBudget: number | null }>>
  >;
  /** More patches than this after sizing are refused by the service. */
  readonly rejectAbovePatches: number;
}

export type ImageTokenRule = TileRule | PatchRule;

/** No source says how the model counts images. */
interface UnknownRule {
  readonly kind: 'unknown';
}

interface ImageTokens extends Sourced {
  readonly rule: ImageTokenRule | UnknownRule;
  /** What the model does when no detail is sent. */
  readonly automaticDetail: Detail | 'unknown';
  /** How well the rule is known: stated, assumed, or with sources that contradict. */
  readonly confidence: string;
  /** What other sources say; together with the rule they make the range of an estimate. */
  readonly alternatives: readonly {
    readonly rule: ImageTokenRule;
    readonly source: readonly string[];
    readonly says: string;
  }[];
  /** Contradictions that are settled, and how: they widen no range. */
  readonly disputes: readonly {
    readonly says: string;
    readonly source: readonly string[];
    readonly decided: string;
  }[];
}

/** What a request to the model may and must contain. */
export interface Parameters {
  readonly chatCompletions: boolean;
  readonly outputCap: 'max_tokens' | 'max_completion_tokens' | 'max_output_tokens';
  readonly temperature: boolean;
  readonly topP: boolean;
  /** Effort levels of a model that thinks, lowest first; empty for one that does not. */
  readonly reasoningEfforts: readonly string[];
  /** Accepts `response_format: json_schema`. */
  readonly jsonSchema: boolean;
}

export interface ModelParameters extends Parameters, Sourced {
  readonly responses: boolean;
  readonly reasoningEffortDefault: string | null;
  readonly jsonMode: boolean;
  /** What the service takes when no cap is sent. */
  readonly outputCapDefault?: number;
}

interface Lifecycle extends Sourced {
  readonly stage: Stage;
  /** `2023-12` where only the month is known. */
  readonly generallyAvailable: string;
  /** `2027-04-14`; null where no date is published. */
  readonly retires: string | null;
  readonly replacement?: string;
}

interface Limits extends Sourced {
  /** Input and output together, of a standard deployment. */
  readonly contextTokens: number;
  readonly maxOutputTokens: number;
  /** 10, where no page states more for the model. */
  readonly maxImagesPerRequest: number;
  /** Of each image, before base64. */
  readonly maxImageBytes: number;
}

type EncodingName = 'cl100k_base' | 'o200k_base';

interface Regions extends Sourced {
  /** False: what is listed was seen; what is not listed is not known. */
  readonly complete: boolean;
  readonly bySku: Readonly<Record<string, readonly string[]>>;
  /** SKUs of which sources contradict each other, even where the rest is complete. */
  readonly unknownSkus: readonly string[];
}

interface SkuQuota {
  /** Default tokens per minute of the usage tiers 1 to 6; null where a tier is not published. */
  readonly tokensPerMinuteByTier: readonly (number | null)[];
  readonly tokensPerMinuteDefault?: number;
  /** Requests per minute that come with each 1,000 tokens per minute. */
  readonly requestsPer1kTokens: number;
}

interface Quota extends Sourced {
  readonly bySku: Readonly<Record<string, SkuQuota>>;
}

/** USD per million tokens; null where no source gives it. */
interface TokenPrices {
  readonly input: number | null;
  readonly cachedInput: number | null;
  readonly output: number | null;
}

/** Prices under conditions: a rate without a condition holds wherever no rate with one does. */
export interface Rate extends TokenPrices {
  readonly sku: string;
  readonly zone?: 'US' | 'EU' | 'outside US';
  /** First and last day (UTC) of a promotion, or of a price that has since changed. */
  readonly from?: string;
  readonly until?: string;
  /** Holds for a whole request whose prompt has more tokens than this. */
  readonly aboveInputTokens?: number;
  /** Present where the figures are not listed anywhere but follow from others, and how. */
  readonly derived?: string;
}

interface ModelPrices extends Sourced {
  readonly rates: readonly Rate[];
}

export interface Model {
  readonly name: string;
  readonly version: string;
  readonly takesImages: 'yes' | 'unknown';
  readonly lifecycle: Lifecycle;
  readonly limits: Limits;
  readonly textEncoding: Sourced & { readonly name: EncodingName; readonly confidence: string };
  readonly imageTokens: ImageTokens;
  readonly parameters: ModelParameters;
  readonly regions: Regions;
  readonly quota: Quota;
  readonly prices: ModelPrices;
}

/** `modelKey(model)` is `gpt-4@vision-preview`: the way a model is written everywhere. */
export function modelKey(model: { readonly name: string; readonly version: string }): string {
  return `${model.name}@${model.version}`;
}
