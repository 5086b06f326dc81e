/**
 * The shape of models.json. It runs in tests and when the catalogue is updated, never when the application starts: what is
 * bundled was checked before. A group of facts without a source and a date is refused; what no source states is written as
 * `unknown`, null or an empty list, never left out.
 */

import { z } from 'zod';

const date = z
  .string()
  .regex(/^\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?$/, 'a date: 2026, 2026-09 or 2026-09-29');
const day = z.iso.date();
const tokens = z.int().positive();
const px = z.int().positive();
const usd = z.number().nonnegative().multipleOf(0.000_001);

const sourced = {
  source: z.array(z.string().min(1)).min(1),
  asOf: date,
  note: z.exactOptional(z.string().min(1)),
};

const tileRule = z.strictObject({
  kind: z.literal('tile'),
  baseTokens: tokens,
  tokensPerTile: tokens,
  tilePx: px,
  fitWithinPx: px,
  shortestSidePx: px,
  lowTokens: tokens,
  lowFitWithinPx: px,
});

const patchLimits = z.strictObject({ fitWithinPx: px.nullable(), patchBudget: z.int().positive().nullable() });

const patchRule = z.strictObject({
  kind: z.literal('patch'),
  patchPx: px,
  multiplier: z.number().positive(),
  byDetail: z.strictObject({
    low: z.exactOptional(patchLimits),
    high: z.exactOptional(patchLimits),
    original: z.exactOptional(patchLimits),
  }),
  rejectAbovePatches: z.int().positive(),
});

const rule = z.discriminatedUnion('kind', [tileRule, patchRule]);
const says = { says: z.string().min(1), source: z.array(z.string().min(1)).min(1) };

const imageTokens = z.strictObject({
  rule: z.discriminatedUnion('kind', [tileRule, patchRule, z.strictObject({ kind: z.literal('unknown') })]),
  automaticDetail: z.enum(['low', 'high', 'original', 'unknown']),
  confidence: z.string().min(1),
  alternatives: z.array(z.strictObject({ rule, ...says })),
  disputes: z.array(z.strictObject({ ...says, decided: z.string().min(1) })),
  ...sourced,
});

const rate = z.strictObject({
  sku: z.string().min(1),
  zone: z.exactOptional(z.enum(['US', 'EU', 'outside US'])),
  from: z.exactOptional(day),
  until: z.exactOptional(day),
  aboveInputTokens: z.exactOptional(tokens),
  input: usd.nullable(),
  cachedInput: usd.nullable(),
  output: usd.nullable(),
  derived: z.exactOptional(z.string().min(1)),
});

const model = z.strictObject({
  name: z.string().regex(/^[a-z0-9.-]+$/),
  version: z.string().regex(/^[a-z0-9.-]+$/),
  takesImages: z.enum(['yes', 'unknown']),
  lifecycle: z.strictObject({
    stage: z.enum(['preview', 'ga', 'legacy', 'deprecated', 'retired', 'unknown']),
    generallyAvailable: date,
    retires: day.nullable(),
    replacement: z.exactOptional(z.string().min(1)),
    ...sourced,
  }),
  limits: z.strictObject({
    contextTokens: tokens,
    maxOutputTokens: tokens,
    maxImagesPerRequest: z.int().positive(),
    maxImageBytes: z.int().positive(),
    ...sourced,
  }),
  textEncoding: z.strictObject({
    name: z.enum(['cl100k_base', 'o200k_base']),
    confidence: z.string().min(1),
    ...sourced,
  }),
  imageTokens,
  parameters: z.strictObject({
    chatCompletions: z.boolean(),
    responses: z.boolean(),
    outputCap: z.enum(['max_tokens', 'max_completion_tokens', 'max_output_tokens']),
    outputCapDefault: z.exactOptional(tokens),
    temperature: z.boolean(),
    topP: z.boolean(),
    reasoningEfforts: z.array(z.string().min(1)),
    reasoningEffortDefault: z.string().min(1).nullable(),
    jsonSchema: z.boolean(),
    jsonMode: z.boolean(),
    ...sourced,
  }),
  regions: z.strictObject({
    complete: z.boolean(),
    bySku: z.record(z.string(), z.array(z.string().regex(/^[a-z0-9]+$/))),
    unknownSkus: z.array(z.string()),
    ...sourced,
  }),
  quota: z.strictObject({
    bySku: z.record(
      z.string(),
      z.strictObject({
        tokensPerMinuteByTier: z.array(tokens.nullable()),
        tokensPerMinuteDefault: z.exactOptional(tokens),
        requestsPer1kTokens: z.number().positive(),
      }),
    ),
    ...sourced,
  }),
  prices: z.strictObject({ rates: z.array(rate), ...sourced }),
});

const apiVersion = z.string().regex(/^\d{4}-\d{2}-\d{2}(-preview)?$/);

/** Dated versions of the API; the v1 path has none. */
const apiVersions = z.strictObject({
  served: z.array(apiVersion).min(1),
  firstWithJsonSchema: apiVersion,
  firstWithReasoning: apiVersion,
  effortsNotTaken: z.array(z.string().min(1)),
  ...sourced,
});

/** The whole file. `catalogueSchema.parse(json).models` is `Model[]`, or it throws with every problem and its place. */
export const catalogueSchema = z.strictObject({
  about: z.string(),
  sources: z.record(z.string(), z.strictObject({ where: z.string().min(1), dates: z.array(date).min(1) })),
  apiVersions,
  models: z.array(model),
});
