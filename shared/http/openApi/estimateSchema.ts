import { z } from 'zod';
import { partsSchema } from './analysisSchema.ts';
import { calibrationShape, stageSchema as stage } from './poolSchemas.ts';

/** Estimates as callers see them. */

const tokens = z.number().min(0);
const usd = z.number().min(0).nullable().describe('USD; null where no price is known');

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
    minutesByScope: z
      .array(
        z.object({
          quotaScope: z.string(),
          subscription: z.string().optional(),
          deployments: z.array(z.string()),
          tokensPerMinute: z.number().nullable(),
          minutes: z.number().min(0).nullable(),
        }),
      )
      .optional()
      .describe(
        'Minutes if everything went through one scope alone; absent outside the pool and with `tokensPerMinute`',
      ),
    warnings: z.array(z.string()),
    calibration: z
      .object(calibrationShape)
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
  images: z.int().min(0).describe('How many are counted; each page of a document is one'),
  documents: z
    .object({ files: z.int().min(1), pages: z.int().min(0) })
    .optional()
    .describe('Where there are documents: how many, and how many of the images are their pages'),
  rejected: z.array(z.object({ name: z.string(), code: z.string(), detail: z.string() })),
  continuation: z.string().optional().describe('Each page has its own totals'),
  estimates: z.array(estimateSchema).describe('Cheapest first'),
});
