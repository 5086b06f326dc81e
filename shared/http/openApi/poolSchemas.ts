import { z } from 'zod';
import { partsSchema, time } from './analysisSchema.ts';

/** What is said of the pool, the models and the money. */

const tokens = z.number().min(0);
const usd = z.number().min(0).nullable().describe('USD; null where no price is known');
const stage = z.enum(['preview', 'ga', 'legacy', 'deprecated', 'retired', 'unknown']);

const range = z.object({ expected: z.number().min(0), max: z.number().min(0) });
const usdRange = z.object({ expected: usd, max: usd });

const perImageSchema = z.object({
  index: z.int().min(0).describe('Its place in the request, from 0'),
  width: z.int(),
  height: z.int(),
  count: z.int().min(1),
  tiles: z.int().optional(),
  patches: z.int().optional(),
  tokens: tokens.nullable().describe('Of one, as given; null where the service would refuse that size'),
  usd,
  refused: z.string().optional(),
  sent: z
    .object({
      width: z.int(),
      height: z.int(),
      tokens,
      usd,
      parts: partsSchema.optional().describe('How it would be cut: the size is of each part, the rest is of all'),
    })
    .describe('As Argus would send it'),
});

const calibration = {
  factor: z.number().positive().describe('Billed over estimated image tokens, as far as the answers support it'),
  samples: z.int().min(0).describe('Answers that it was learned from'),
  since: time.nullable().describe('Null before the first'),
};

const estimateSchema = z
  .object({
    model: z.string(),
    version: z.string(),
    stage,
    detail: z.enum(['low', 'high', 'original']),
    imageTokens: tokens,
    imageTokensRange: z.array(tokens).length(2).describe('Low and high: one number twice where the sources agree'),
    imageTokensSources: z
      .array(z.string())
      .optional()
      .describe('The pages that contradict each other, where the range has two ends'),
    textTokens: tokens,
    outputTokens: range,
    admissionTokens: tokens.describe('Charged against quota, for the images as they would be sent'),
    cost: z.object({ imagesUsd: usd, inputUsd: usd, outputUsd: usdRange, totalUsd: usdRange }),
    pricesAsOf: z.string(),
    minutesAtQuota: z
      .number()
      .min(0)
      .nullable()
      .describe('Null outside the pool, and where one request is more than a minute of the largest deployment'),
    warnings: z.array(z.string()),
    calibration: z
      .object(calibration)
      .optional()
      .describe('What the answers of this pool have taught, where they have'),
    perImage: z.array(perImageSchema).optional().describe('Absent for folders'),
    bySize: z
      .array(z.object({ longestSide: z.int(), images: z.int(), tokens, usd }))
      .optional()
      .describe('Only for folders'),
  })
  .meta({ id: 'Estimate' });

export const estimateAnswerSchema = z.object({
  images: z.int().min(0).describe('How many are counted'),
  rejected: z.array(z.object({ name: z.string(), code: z.string(), detail: z.string() })),
  continuation: z.string().optional().describe('Each page has its own totals'),
  estimates: z.array(estimateSchema).describe('Cheapest first'),
});

export const deploymentsSchema = z.object({
  deployments: z.array(
    z.looseObject({
      name: z.string(),
      region: z.string(),
      model: z.string(),
      version: z.string(),
      sku: z.string(),
      tokensPerMinute: z.int(),
      requestsPerMinute: z.number(),
      bookedTokens: tokens,
      freeFrom: time,
      circuit: z.looseObject({
        state: z.enum(['closed', 'open', 'probing']),
        until: time.optional(),
        reason: z.string().optional(),
      }),
      admissionFactor: z.number(),
      throttled: z.int(),
      answered: z.int(),
      latencyMs: z.object({ p50: z.number().nullable(), p95: z.number().nullable() }),
      localShare: z
        .number()
        .optional()
        .describe('The shared ledger does not answer: this instance goes on with this part of the quota.'),
    }),
  ),
});

export const modelsSchema = z.object({
  models: z.array(
    z.object({
      name: z.string(),
      version: z.string(),
      stage,
      retires: z.string().nullable(),
      imageTokens: z.object({
        rule: z.looseObject({ kind: z.enum(['tile', 'patch', 'unknown']) }),
        confidence: z.string(),
        source: z.array(z.string()),
        alternatives: z
          .array(z.looseObject({ says: z.string(), source: z.array(z.string()) }))
          .describe('What other sources say'),
      }),
      regions: z.record(z.string(), z.array(z.string())).describe('By SKU'),
      prices: z
        .array(
          z.looseObject({
            sku: z.string(),
            input: z.number().nullable(),
            cachedInput: z.number().nullable(),
            output: z.number().nullable(),
          }),
        )
        .describe('USD per million tokens'),
      asOf: z.string(),
      inPool: z.boolean(),
      calibration: z
        .object({ ...calibration, deployments: z.array(z.object({ name: z.string(), ...calibration })) })
        .optional()
        .describe(
          'What the answers of this process have taught, together and by deployment; only of models in the pool',
        ),
    }),
  ),
});

export const usageSchema = z.object({
  rows: z.array(
    z.object({
      key: z.string().describe('The day (UTC), name@version, the region or the task'),
      analyses: z.int().min(0),
      promptTokens: tokens,
      completionTokens: tokens,
      costUsd: usd,
      cut: z
        .object({ calls: z.int().min(0), costUsd: usd })
        .describe('Calls that asked again because a first answer was cut at its output cap: a part of the sums'),
    }),
  ),
  budget: z.unknown().optional(),
});
