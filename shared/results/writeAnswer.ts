import type { FailedRecord, FinalRecord, OpenRecord, SucceededRecord } from '../records/analysisRecord.ts';
import { endedBy, succeeded } from '../records/analysisSteps.ts';
import type { AnalysisResult } from '../records/analysisView.ts';
import { requestDigest } from '../requests/analysisRequest.ts';
import type { ImageStore } from '../storage/imageStore.ts';
import { StorageRefused } from '../storage/storageRefused.ts';
import { renderMarkdown, titleOf } from '../tasks/rendering/renderMarkdown.ts';
import type { AnswerIndex } from './answerIndex.ts';
import { asUndelivered, type PaidAnswer } from './paidAnswer.ts';
import { resultMarkdown } from './resultMarkdown.ts';
import type { ResultStore } from './resultStore.ts';

type WriteParts = { readonly images: ImageStore; readonly results: ResultStore; readonly now: () => number };

/**
 * Writes an answer to its place. The caller writes the record afterwards, so that a record with `succeeded` has its
 * result.
 *
 * @returns the record to write
 * @throws {StorageRefused} if an operator must change something first; then use `endUndelivered`
 */
export async function writeAnswer(
  record: OpenRecord,
  { answer, warnings }: PaidAnswer,
  { images, results, now }: WriteParts,
): Promise<{ readonly record: SucceededRecord; readonly result: AnalysisResult }> {
  const done = succeeded(record, warnings, now());
  const { request, source } = done;
  const file = source.kind === 'blob' ? { name: source.name, url: images.urlOf(source) } : undefined;
  const words = { title: titleOf(request, answer, file?.name), body: renderMarkdown(request, answer) };
  const result = { answer, markdown: resultMarkdown(done, words, file?.url) };
  await results.keep(done, result, () => images.isPresent(source));
  return { record: done, result };
}

/**
 * Ends an analysis whose answer could not be written: failed, with the answer in its record. A retry writes that
 * answer without a model call.
 */
export function endUndelivered(
  record: OpenRecord,
  paid: PaidAnswer,
  { refusal, nowMs }: { readonly refusal: StorageRefused; readonly nowMs: number },
): { readonly record: FailedRecord; readonly error: StorageRefused } {
  const advice =
    'The answer is kept with the analysis, ' +
    `and POST /analyses/${record.id}/retry writes it to its place without another model call.`;
  const error = new StorageRefused(refusal.scope, `${refusal.detail} ${advice}`, { cause: refusal });
  const failed = { ...endedBy(record, error, nowMs), status: 'failed', undelivered: asUndelivered(paid) } as const;
  return { record: failed, error };
}

/**
 * Adds the answer to the index of answers. If that fails, a later request makes its own model call, so the error is
 * ignored.
 */
export async function indexAnswer(
  { id, status, request, contentDigest, answerOf }: FinalRecord,
  { answers }: { readonly answers: AnswerIndex },
): Promise<void> {
  if (status !== 'succeeded' || contentDigest === null || answerOf !== null) return;
  await answers.keep(contentDigest, requestDigest(request), id).catch(() => undefined);
}
