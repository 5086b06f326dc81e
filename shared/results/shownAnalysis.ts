import type { AnalysisRecord } from '../records/analysisRecord.ts';
import type { AnalysisResult } from '../records/analysisView.ts';
import { countPages, type DocumentPages } from '../records/documentPages.ts';
import { type PageView, pageView } from '../records/pageView.ts';
import { readResult } from './readResult.ts';
import type { ResultStore } from './resultStore.ts';

/**
 * An analysis with its result; a document without one with the pages that have begun, each as it is now. The answer of a page
 * is found by the page's id.
 *
 * @throws {StorageRefused} if the whole container of results is refused
 */
export async function shownAnalysis(
  record: AnalysisRecord,
  parts: { readonly analyses: DocumentPages; readonly results: Pick<ResultStore, 'find'> },
): Promise<{
  readonly record: AnalysisRecord;
  readonly result?: AnalysisResult;
  readonly pages?: readonly PageView[];
}> {
  if (record.status === 'succeeded') return await readResult(record, parts.results);
  const { document } = record;
  if (!document) return { record };
  const pages = (await parts.analyses.pagesOf(record.id)).map((page) => pageView(page.record));
  const { succeeded, failed } = countPages(pages);
  return { record: { ...record, document: { ...document, succeeded, failed } }, pages };
}
