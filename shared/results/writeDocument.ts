import type { OpenRecord, SucceededRecord, Warning } from '../records/analysisRecord.ts';
import { succeeded } from '../records/analysisSteps.ts';
import type { AnalysisResult } from '../records/analysisView.ts';
import type { PageView } from '../records/pageView.ts';
import type { ImageStore } from '../storage/imageStore.ts';
import { isJoined, joinPages } from '../tasks/pages/joinPages.ts';
import type { Answer } from '../tasks/reading.ts';
import { titleOf } from '../tasks/rendering/renderMarkdown.ts';
import { documentMarkdown } from './documentMarkdown.ts';
import { resultMarkdown } from './resultMarkdown.ts';
import type { ResultStore } from './resultStore.ts';

/**
 * Writes the result of a document from those of its pages. The caller writes the record afterwards, so that a record with
 * `succeeded` has its result.
 *
 * @param pages in their order; those without an answer are shown as missing
 * @returns the record to write
 * @throws {StorageRefused} if an operator must change something first
 */
export async function writeDocument(
  record: OpenRecord,
  pages: readonly PageView[],
  warnings: readonly Warning[],
  parts: { readonly images: ImageStore; readonly results: ResultStore; readonly now: () => number },
): Promise<{ readonly record: SucceededRecord; readonly result: AnalysisResult }> {
  const done = succeeded(record, warnings, parts.now());
  const { request, source } = done;
  const answered = pages.flatMap(({ page, answer }) =>
    answer === undefined ? [] : { page, answer: answer as Answer },
  );
  const answer = joinPages(request, answered, request.per);
  const file = source.kind === 'blob' ? { name: source.name, url: parts.images.urlOf(source) } : undefined;
  const titled = isJoined(request, request.per) ? answer : answered[0]?.answer;
  const title = titled ? titleOf(request, titled, file?.name) : (file?.name ?? '');
  const markdown = resultMarkdown(done, { title, body: documentMarkdown(done, answer, pages) }, file?.url);
  const result: AnalysisResult = { answer, markdown, pages };
  await parts.results.keep(done, result, () => parts.images.isPresent(source));
  return { record: done, result };
}
