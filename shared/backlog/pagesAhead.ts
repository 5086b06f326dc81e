import { type AnalysisRecord, awaitsPages } from '../records/analysisRecord.ts';

/**
 * How many pages of documents have no analysis yet, because others have their turn. A page's analysis begins in the order of
 * the pages, so that what is left follows from those that ended and those that are open.
 *
 * @param records open analyses
 */
export function pagesAhead(records: readonly AnalysisRecord[]): number {
  const open = new Map<string, number>();
  for (const { source } of records) {
    if (source.kind === 'page') open.set(source.documentId, (open.get(source.documentId) ?? 0) + 1);
  }
  return records.filter(awaitsPages).reduce((sum, { id, document }) => {
    if (!document) return sum;
    const begun = document.succeeded + document.failed + (open.get(id) ?? 0);
    return sum + Math.max(0, document.pages - begun);
  }, 0);
}
