import { z } from 'zod';
import type { AnalysisView, KeptView } from '../records/analysisView.ts';
import { attemptsSchema, timingSchema, usageSchema, warningsSchema } from '../records/recordSchema.ts';

/** An analysis as its result's blob holds it. */

const countOrNull = z.number().nullable();

export const answerSchema = z.custom<KeptView['answer']>(
  (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
);

const image = z.object({
  source: z.string(),
  format: z.string().nullable(),
  ...{ width: countOrNull, height: countOrNull, bytes: countOrNull },
  ...{ sentWidth: countOrNull, sentHeight: countOrNull, sentBytes: countOrNull },
  parts: z
    .object({
      ...{ count: z.number(), columns: z.number(), rows: z.number(), width: z.number(), height: z.number() },
      overlapPx: z.tuple([z.number(), z.number()]),
    })
    .exactOptional(),
  detail: z.string(),
} satisfies { readonly [Name in keyof Required<AnalysisView['image']>]: z.ZodType });

export const keptViewSchema: z.ZodType<KeptView> = z.object({
  id: z.string(),
  status: z.literal('succeeded'),
  task: z.string(),
  taskVersion: countOrNull,
  image,
  answer: answerSchema,
  markdown: z.string(),
  deployment: z.object({ name: z.string(), region: z.string(), model: z.string(), version: z.string() }).nullable(),
  usage: usageSchema.nullable(),
  cost: z.object({ usd: countOrNull, estimatedUsd: countOrNull }),
  estimate: z
    .object({ promptTokens: z.number(), admissionTokens: z.number(), savedTokens: z.number().exactOptional() })
    .nullable(),
  attempts: attemptsSchema,
  timing: timingSchema,
  warnings: warningsSchema,
  createdAt: z.iso.datetime(),
  completedAt: z.iso.datetime(),
});
