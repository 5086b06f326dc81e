import { z } from 'zod';
import { once } from '../concurrency/once.ts';
import { STATUSES } from '../records/analysisRecord.ts';
import type { AnalysisView, KeptView } from '../records/analysisView.ts';
import type { PageView } from '../records/pageView.ts';
import { recordSchemas } from '../records/recordSchema.ts';

/** An analysis as stored in its result blob. */

export const answerSchema = once(() =>
  z.custom<KeptView['answer']>((value) => typeof value === 'object' && value !== null && !Array.isArray(value)),
);

export const keptViewSchema = once((): z.ZodType<KeptView> => {
  const countOrNull = z.number().nullable();

  const { attempts, error, parts, timing, usage, warnings } = recordSchemas();
  const image = z.object({
    source: z.string(),
    format: z.string().nullable(),
    ...{ width: countOrNull, height: countOrNull, bytes: countOrNull },
    ...{ sentWidth: countOrNull, sentHeight: countOrNull, sentBytes: countOrNull },
    parts: parts.exactOptional(),
    detail: z.string(),
  } satisfies { readonly [Name in keyof Required<AnalysisView['image']>]: z.ZodType });

  const page = z.object({
    page: z.number(),
    id: z.string(),
    status: z.enum(STATUSES),
    answer: z.unknown().exactOptional(),
    deployment: z.object({ name: z.string(), region: z.string() }).nullable(),
    usage: usage.nullable(),
    cost: z.object({ usd: countOrNull, estimatedUsd: countOrNull }),
    warnings,
    error: error.exactOptional(),
  } satisfies { readonly [Name in keyof Required<PageView>]: z.ZodType });

  return z.object({
    id: z.string(),
    status: z.literal('succeeded'),
    task: z.string(),
    taskVersion: countOrNull,
    image,
    document: z.object({ pages: z.number(), succeeded: z.number(), failed: z.number() }).exactOptional(),
    pages: z.array(page).exactOptional(),
    answer: answerSchema(),
    markdown: z.string(),
    deployment: z.object({ name: z.string(), region: z.string(), model: z.string(), version: z.string() }).nullable(),
    usage: usage.nullable(),
    cost: z.object({ usd: countOrNull, estimatedUsd: countOrNull }),
    estimate: z
      .object({ promptTokens: z.number(), admissionTokens: z.number(), savedTokens: z.number().exactOptional() })
      .nullable(),
    attempts,
    timing,
    warnings,
    createdAt: z.iso.datetime(),
    completedAt: z.iso.datetime(),
  });
});
