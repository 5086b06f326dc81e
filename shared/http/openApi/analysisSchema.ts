import { z } from 'zod';
import { ERROR_CODES } from '../../errors.ts';
import { STATUSES } from '../../records/analysisRecord.ts';
import { ANALYSIS_ID } from '../../records/analysisSource.ts';
import { TASK_NAMES } from '../../tasks/taskRequest.ts';

/** Analyses as callers see them. */

export const time = z.iso.datetime().describe('ISO 8601, UTC');
const tokens = z.int().min(0);
const ms = z.number().min(0).describe('Milliseconds');
const usd = z.number().min(0).nullable().describe('USD; null where no price is known');
const category = z.string().optional().describe('Of a content filter');
const size = z.int().min(0).nullable();

export const partsSchema = z.object({
  count: z.int().min(2),
  columns: z.int().min(1),
  rows: z.int().min(1),
  width: z.int().describe('Of each part, in pixels of the image'),
  height: z.int(),
  overlapPx: z.array(z.int().min(0)).length(2).describe('Of neighbours, at least: to the side, and down'),
});

const usage = z.object({
  promptTokens: tokens,
  imageTokens: tokens.nullable(),
  cachedTokens: tokens,
  completionTokens: tokens,
  reasoningTokens: tokens,
  totalTokens: tokens,
});
const cost = z.object({ usd, estimatedUsd: usd });
const warnings = z.array(z.object({ code: z.string(), detail: z.string() }));
const error = z.object({ code: z.enum(ERROR_CODES), detail: z.string(), category });
const status = z.enum(STATUSES);

const documentSchema = z
  .object({ pages: z.int(), succeeded: z.int(), failed: z.int() })
  .describe(
    'Of a document: how many of its pages are analysed, and how many of them have ended with and without an answer',
  );

const pageSchema = z
  .object({
    page: z.int().min(1),
    id: z.string().regex(ANALYSIS_ID).describe('Of the analysis of this page'),
    status,
    answer: z.unknown().optional().describe("The page's own answer, where the document has its result"),
    deployment: z.object({ name: z.string(), region: z.string() }).nullable(),
    usage: usage.nullable(),
    cost,
    warnings,
    error: error.optional(),
  })
  .meta({ id: 'Page' });

export const analysisSchema = z
  .object({
    id: z.string().regex(ANALYSIS_ID),
    status,
    task: z.enum(TASK_NAMES),
    taskVersion: z.int().nullable().describe("Rises with every change of the task's instructions, shape or checks"),
    startsAt: time.optional().describe('Expected start of what waits'),
    waitingFor: z.enum(['quota', 'budget', 'outage']).optional(),
    image: z.object({
      source: z.string().describe("The blob's name, or http- and the id of the call"),
      format: z.string().nullable(),
      width: size.describe('Pixels, after orientation'),
      height: size,
      bytes: size,
      sentWidth: size.describe('Pixels, as the model was sent it'),
      sentHeight: size,
      sentBytes: size,
      parts: partsSchema.optional().describe('How it was cut; the sent size is of each part, the bytes are of all'),
      detail: z.enum(['low', 'high', 'original']),
    }),
    document: documentSchema.optional(),
    pages: z.array(pageSchema).optional().describe('Of a document: each page that has begun'),
    answer: z.unknown().optional().describe("In the task's own shape (docs/schemas)"),
    markdown: z.string().optional(),
    deployment: z.object({ name: z.string(), region: z.string(), model: z.string(), version: z.string() }).nullable(),
    usage: usage
      .nullable()
      .describe(
        'Billed, over all model calls of this analysis, failed ones included; the warning `usage-estimated` marks estimates',
      ),
    cost,
    estimate: z.object({ promptTokens: tokens, admissionTokens: tokens, savedTokens: tokens.optional() }).nullable(),
    attempts: z.array(
      z.object({
        deployment: z.string(),
        region: z.string(),
        status: z.int().nullable(),
        outcome: z.enum(['answered', 'throttled', 'refused', 'ambiguous', 'filtered', 'unusable', 'sending']),
        ms,
      }),
    ),
    timing: z.object({ queuedMs: ms, waitedMs: ms, modelMs: ms, totalMs: ms }),
    warnings,
    createdAt: time,
    completedAt: time.nullable(),
    error: error.optional(),
  })
  .meta({ id: 'Analysis' });

/** The work of a call is bounded, so a page may be short or empty and not be the last one. */
const continuation = z
  .string()
  .optional()
  .describe(
    'There is more, also where this page is short or empty: the same call with this goes on. Absent on the last page',
  );

export const analysisListSchema = z.object({
  analyses: z.array(analysisSchema).describe('Newest first, without answer and markdown'),
  continuation,
});

export const manyChangedSchema = z.object({
  matched: z.int().min(0),
  changed: z.int().min(0),
  left: z
    .array(z.object({ id: z.string(), reason: z.string() }))
    .optional()
    .describe(
      'Those that stay as they are: with their status, not-found, or bytes-gone where the image is no longer there',
    ),
  continuation,
});

export const queueEndSchema = z.object({
  matched: z.int().min(0).describe('Files whose present version has no analysis of that request'),
  queued: z.int().min(0),
  continuation,
});

export const problemSchema = z
  .object({
    type: z.string().describe('urn:argus:problem: and the code'),
    title: z.string(),
    status: z.int(),
    detail: z.string().describe('A sentence with the value and the limit'),
    code: z.enum(ERROR_CODES),
    problems: z
      .array(z.object({ path: z.string(), message: z.string() }))
      .optional()
      .describe('Everything that is wrong with the request'),
    category,
    id: z.string().optional().describe('Of the analysis that it is about, where one is kept'),
    instance: z.string().optional().describe('The path of that analysis'),
    costUsd: usd
      .optional()
      .describe('What its model calls have cost so far: 0 where nothing was billed, null where no price is known'),
  })
  .meta({ id: 'Problem' });

export const ANALYSIS_EXAMPLE: z.output<typeof analysisSchema> = {
  id: '5d41402abc4b2a76b9719d911017c592',
  status: 'succeeded',
  task: 'describe',
  taskVersion: 1,
  image: {
    source: 'valley.jpg',
    format: 'jpeg',
    width: 1200,
    height: 800,
    bytes: 201_337,
    sentWidth: 1152,
    sentHeight: 768,
    sentBytes: 150_210,
    detail: 'high',
  },
  answer: { title: 'A green valley', summary: 'A valley with a river.', details: ['The river bends to the left.'] },
  markdown: '# A green valley\n\nA valley with a river.\n',
  deployment: { name: 'gpt-4-vision-preview-westus', region: 'westus', model: 'gpt-4', version: 'vision-preview' },
  usage: {
    promptTokens: 1344,
    imageTokens: null,
    cachedTokens: 0,
    completionTokens: 181,
    reasoningTokens: 0,
    totalTokens: 1525,
  },
  cost: { usd: 0.01887, estimatedUsd: 0.0179 },
  estimate: { promptTokens: 1340, admissionTokens: 2140 },
  attempts: [
    { deployment: 'gpt-4-vision-preview-westus', region: 'westus', status: 200, outcome: 'answered', ms: 2100 },
  ],
  timing: { queuedMs: 12, waitedMs: 40, modelMs: 2100, totalMs: 2152 },
  warnings: [],
  createdAt: '2026-11-23T12:00:00.000Z',
  completedAt: '2026-11-23T12:00:02.152Z',
};
