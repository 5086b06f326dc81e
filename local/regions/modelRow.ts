import type { ImageRule, PatchLimits } from './imageRule.ts';

/**
 * What the emulated service knows of a model: how it charges images and which parameters it takes. Sources: Microsoft
 * Learn "Foundry Models sold by Azure" (2026-09-21), "Azure OpenAI reasoning models" (2026-02-24), OpenAI "Images and
 * vision" guide (2026-09-29).
 */
export interface ModelRow {
  /** null: it takes no images. */
  readonly image: ImageRule | null;
  /** false: it answers only over the Responses API. */
  readonly chat: boolean;
  readonly reasons: boolean;
  /** Lowest first; empty for a model that does not reason. */
  readonly efforts: readonly string[];
  readonly defaultEffort: string | null;
  /**
   * Which temperatures it takes: `any`; `one` is the default of 1, others are an unsupported value (chatboxai/chatbox#2411,
   * 2025-06-25; BerriAI/litellm#13397, 2025-08-08); `none` is an unsupported parameter (cline/cline#2643, 2025-04-03).
   */
  readonly temperature: 'any' | 'one' | 'none';
  readonly jsonSchema: boolean;
  /** Prompt and output together. */
  readonly contextTokens: number;
  readonly maxOutputTokens: number;
  /** The output cap when the request has none; null: none is documented. */
  readonly defaultOutputTokens: number | null;
  readonly encoding: 'cl100k_base' | 'o200k_base';
  readonly requestsPerThousandTokens: number;
}

const tile = (baseTokens: number, tileTokens: number): ImageRule => ({ kind: 'tile', baseTokens, tileTokens });
const patch = (
  multiplier: number,
  auto: 'high' | 'original',
  limits: Readonly<Record<string, PatchLimits>>,
): ImageRule => ({ kind: 'patch', multiplier, auto, limits });
const box = (boxPx: number, patches: number | null): PatchLimits => ({ boxPx, patches });

const small = { low: box(2048, 1536), high: box(2048, 1536) };
const sixThousand = { low: box(2048, 6144), high: box(2048, 6144) };
const fiveFour = { low: box(2048, 6144), high: box(2048, 2500), original: box(6000, 10_000) };
const fiveFive = { low: box(512, null), high: box(2048, 2500), original: box(6000, 10_000) };
const unbounded = { low: box(512, null), high: box(2048, 2500), original: box(65_535, null) };

const older: ModelRow = {
  image: tile(85, 170),
  chat: true,
  reasons: false,
  efforts: [],
  defaultEffort: null,
  temperature: 'any',
  jsonSchema: true,
  contextTokens: 128_000,
  maxOutputTokens: 16_384,
  defaultOutputTokens: null,
  encoding: 'o200k_base',
  requestsPerThousandTokens: 6,
};
const seed: ModelRow = {
  ...older,
  jsonSchema: false,
  maxOutputTokens: 4096,
  defaultOutputTokens: 16,
  encoding: 'cl100k_base',
};
const reasoning: ModelRow = {
  ...older,
  reasons: true,
  temperature: 'one',
  contextTokens: 400_000,
  efforts: ['minimal', 'low', 'medium', 'high'],
  defaultEffort: 'medium',
  maxOutputTokens: 128_000,
  requestsPerThousandTokens: 1,
};
const upToXhigh = ['none', 'low', 'medium', 'high', 'xhigh'];
const upToMax = [...upToXhigh, 'max'];
const fourOne: ModelRow = {
  ...older,
  maxOutputTokens: 32_768,
  contextTokens: 300_000,
  requestsPerThousandTokens: 1,
};
const fiveTwo: ModelRow = { ...reasoning, efforts: upToXhigh, defaultEffort: 'none', requestsPerThousandTokens: 10 };
const oSeries: ModelRow = {
  ...reasoning,
  efforts: ['low', 'medium', 'high'],
  maxOutputTokens: 100_000,
  contextTokens: 200_000,
};
const million = 1_050_000;
const six: ModelRow = {
  ...reasoning,
  image: patch(1.2, 'original', unbounded),
  efforts: upToMax,
  contextTokens: million,
};
const proFour: ModelRow = {
  ...fiveTwo,
  image: patch(1.2, 'high', fiveFour),
  chat: false,
  jsonSchema: false,
  contextTokens: million,
};

const rows: Readonly<Record<string, ModelRow>> = {
  'gpt-4@vision-preview': seed,
  'gpt-4@turbo-2024-04-09': seed,
  // Text only: here to refuse images as such a deployment does.
  'gpt-4@0613': { ...seed, image: null, maxOutputTokens: 8192, contextTokens: 8192, defaultOutputTokens: null },
  'gpt-4o@2024-05-13': { ...older, jsonSchema: false, maxOutputTokens: 4096 },
  'gpt-4o': older,
  'gpt-4o-mini': { ...older, image: tile(2833, 5667), requestsPerThousandTokens: 10 },
  'gpt-4.1': fourOne,
  'gpt-4.1-mini': { ...fourOne, image: patch(1.62, 'high', sixThousand) },
  'gpt-4.1-nano': { ...fourOne, image: patch(2.46, 'high', small) },
  'gpt-4.5-preview': older,
  'gpt-5': { ...reasoning, image: tile(70, 140), requestsPerThousandTokens: 10 },
  // No source gives their patch budget; the older one of the small models stands in.
  'gpt-5-mini': { ...reasoning, image: patch(1.2, 'high', small) },
  'gpt-5-nano': { ...reasoning, image: patch(1.5, 'high', small) },
  'gpt-5-pro': { ...reasoning, image: tile(70, 140), efforts: ['high'], defaultEffort: 'high', chat: false },
  'gpt-5.1': { ...fiveTwo, image: tile(70, 140), efforts: ['none', 'low', 'medium', 'high'] },
  'gpt-5.2': { ...fiveTwo, image: patch(1.2, 'high', sixThousand) },
  'gpt-5.4': { ...fiveTwo, image: patch(1.2, 'high', fiveFour), contextTokens: million },
  'gpt-5.4-mini': { ...fiveTwo, image: patch(1.2, 'high', fiveFour), requestsPerThousandTokens: 1 },
  'gpt-5.4-nano': { ...fiveTwo, image: patch(1.2, 'high', fiveFour), requestsPerThousandTokens: 1 },
  'gpt-5.4-pro': { ...proFour, requestsPerThousandTokens: 1 },
  'gpt-5.5': {
    ...fiveTwo,
    image: patch(1.2, 'original', fiveFive),
    contextTokens: million,
    requestsPerThousandTokens: 1,
  },
  'gpt-5.6-sol': six,
  'gpt-5.6-terra': six,
  'gpt-5.6-luna': six,
  'gpt-6-astra': six,
  'gpt-6-sol': six,
  'gpt-6-luna': six,
  'gpt-6.1-sol': { ...six, efforts: upToMax.slice(1) },
  o1: { ...oSeries, temperature: 'none', image: tile(75, 150) },
  o3: { ...oSeries, image: tile(75, 150) },
  'o3-pro': { ...oSeries, image: tile(75, 150), chat: false },
  'o4-mini': { ...oSeries, image: patch(1.72, 'high', small) },
};

/**
 * The row of a model in one of its versions; the version matters only where versions differ.
 *
 * @throws {Error} for a model that the emulated service has no rule for, naming those that it has.
 */
export function modelRow(model: string, version: string): ModelRow {
  const row = rows[`${model}@${version}`] ?? rows[model];
  if (row) return row;
  throw new Error(`The emulated regions do not know ${model}@${version}; they know ${Object.keys(rows).join(', ')}.`);
}
