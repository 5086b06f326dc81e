import { z } from 'zod';
import { once } from '../concurrency/once.ts';
import { ERROR_CODES } from '../errors.ts';
import { PARTS, PER, QUALITIES, TEXT_LAYERS } from '../requests/analysisRequest.ts';
import { TASK_NAMES } from '../tasks/taskRequest.ts';
import type { AnalysisFacts, AnalysisRecord, Attempt, DocumentFacts, WaitingRecord } from './analysisRecord.ts';

/** The record as its table stores it. Fields of a newer version of Argus are left out. */

/** A schema for each field, the optional ones included: a field without one would be lost. */
type FieldsOf<Value> = { readonly [Name in keyof Required<Value>]: z.ZodType };

type StateOf<Name extends AnalysisRecord['status']> = FieldsOf<Extract<AnalysisRecord, { status: Name }>>;
type WaitOf<For extends WaitingRecord['waitingFor']> = FieldsOf<Extract<WaitingRecord, { waitingFor: For }>>;

/**
 * Shared by records and stored results. Built when the first row is read, so that a cold start does not wait for it.
 */
export const recordSchemas = once(() => {
  const text = z.string();
  const count = z.number();
  const countOrNull = z.number().nullable();

  const format = z.enum(['pdf', 'tiff']);
  const blob = z.object({ kind: z.literal('blob'), container: text, name: text, etag: text, modifiedMs: count });
  const http = z.object({ kind: z.literal('http'), requestId: text });
  const file = z.discriminatedUnion('kind', [blob, http]);
  const page = z.object({ kind: z.literal('page'), documentId: text, page: count, format, of: file });
  const source = z.discriminatedUnion('kind', [blob, http, page]);

  const document = z.object({
    format,
    ...{ total: count, pages: count, succeeded: count, failed: count, openAtOnce: count },
  } satisfies FieldsOf<DocumentFacts>);

  const request = z.object({
    task: z.enum(TASK_NAMES),
    question: text.exactOptional(),
    instructions: text.exactOptional(),
    /** Kept unchanged: its digest is part of the analysis id. */
    schema: z
      .custom<Readonly<Record<string, unknown>>>((value) => typeof value === 'object' && value !== null)
      .exactOptional(),
    language: text.exactOptional(),
    inParts: z.object({ columns: count, rows: count }).exactOptional(),
    model: text,
    deploymentName: text.exactOptional(),
    detail: z.enum(['low', 'high', 'original']),
    quality: z.enum(QUALITIES),
    maxOutputTokens: count.exactOptional(),
    parts: z.enum(PARTS).extract(['auto']).exactOptional(),
    reuse: z.boolean().exactOptional(),
    pages: text.exactOptional(),
    per: z.enum(PER).extract(['page']).exactOptional(),
    allowMissingPages: z.literal(true).exactOptional(),
    maxUsd: count.exactOptional(),
    textLayer: z.enum(TEXT_LAYERS).extract(['hint']).exactOptional(),
    declaredText: text.exactOptional(),
  } satisfies FieldsOf<AnalysisFacts['request']>);

  const parts = z.object({
    ...{ width: count, height: count, count, columns: count, rows: count },
    overlapPx: z.tuple([count, count]),
  } satisfies FieldsOf<NonNullable<(AnalysisFacts['image'] & object)['parts']>>);

  const image = z.object({
    ...{ format: text, width: count, height: count, bytes: count },
    ...{ sentWidth: countOrNull, sentHeight: countOrNull, sentBytes: countOrNull },
    parts: parts.exactOptional(),
  } satisfies FieldsOf<AnalysisFacts['image'] & object>);

  const usage = z.object({
    ...{ promptTokens: count, imageTokens: countOrNull, cachedTokens: count },
    ...{ completionTokens: count, reasoningTokens: count, totalTokens: count },
  });

  const OUTCOMES = {
    answered: 'answered',
    throttled: 'throttled',
    refused: 'refused',
    ambiguous: 'ambiguous',
    filtered: 'filtered',
    unusable: 'unusable',
    sending: 'sending',
  } as const satisfies { readonly [Outcome in Attempt['outcome']]: Outcome };

  const attempts = z.array(
    z.object({ deployment: text, region: text, status: countOrNull, outcome: z.enum(OUTCOMES), ms: count }),
  );

  const warnings = z.array(z.object({ code: text, detail: text }));

  const timing = z.object({ queuedMs: count, waitedMs: count, modelMs: count, totalMs: count });

  const facts = {
    id: text,
    source,
    request,
    isAside: z.literal(true).exactOptional(),
    image: image.nullable(),
    document: document.exactOptional(),
    taskVersion: countOrNull,
    estimate: z
      .object({
        promptTokens: count,
        admissionTokens: count,
        savedTokens: count.exactOptional(),
        microUsd: countOrNull,
      })
      .nullable(),
    deployment: z.object({ name: text, region: text, model: text }).nullable(),
    usage: usage.nullable(),
    costMicroUsd: countOrNull,
    attempts: attempts,
    warnings: warnings,
    cut: z.object({ tokens: count, again: z.object({ microUsd: countOrNull }).exactOptional() }).exactOptional(),
    takeovers: count,
    contentDigest: text.nullable(),
    answerOf: text.nullable(),
    createdAtMs: count,
    timing: timing,
  } as const satisfies FieldsOf<AnalysisFacts>;

  const resent = z.object({ count, atMs: count, deadLetters: count }).exactOptional();
  const packed = text.exactOptional();
  const error = z.object({ code: z.enum(ERROR_CODES), detail: text, category: text.exactOptional() });
  const awaitsBytes = z.literal(true).exactOptional();

  const waits = { ...facts, status: z.literal('waiting'), startsAtMs: count, resent, bought: packed };

  const waiting = z.discriminatedUnion('waitingFor', [
    z.object({ ...waits, waitingFor: z.literal('quota') } satisfies WaitOf<'quota'>),
    z.object({ ...waits, waitingFor: z.literal('budget'), needsMicroUsd: count } satisfies WaitOf<'budget'>),
    z.object({ ...waits, waitingFor: z.literal('outage'), outageSinceMs: count } satisfies WaitOf<'outage'>),
    z.object({ ...waits, waitingFor: z.literal('pages') } satisfies WaitOf<'pages'>),
  ]);

  const running = z.object({
    ...facts,
    status: z.literal('running'),
    lease: z.object({ holder: text, untilMs: count }),
    resent,
    outageSinceMs: count.exactOptional(),
    bought: packed,
    undelivered: packed,
  } satisfies StateOf<'running'>);

  /** Every state with its own fields. */
  const record: z.ZodType<AnalysisRecord> = z.discriminatedUnion('status', [
    z.object({ ...facts, status: z.literal('queued'), resent, undelivered: packed } satisfies StateOf<'queued'>),
    waiting,
    running,
    z.object({ ...facts, status: z.literal('succeeded'), completedAtMs: count } satisfies StateOf<'succeeded'>),
    z.object({ ...facts, status: z.literal('rejected'), error, completedAtMs: count } satisfies StateOf<'rejected'>),
    z.object({
      ...facts,
      ...{ status: z.literal('failed'), error, completedAtMs: count, undelivered: packed, awaitsBytes },
    } satisfies StateOf<'failed'>),
    z.object({
      ...facts,
      ...{ status: z.literal('cancelled'), completedAtMs: count, undelivered: packed, awaitsBytes },
    } satisfies StateOf<'cancelled'>),
  ]);
  return { record, attempts, warnings, timing, usage, parts, error };
});
