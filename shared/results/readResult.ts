import type { AnalysisRecord } from '../records/analysisRecord.ts';
import { withWarning } from '../records/analysisSteps.ts';
import type { AnalysisResult } from '../records/analysisView.ts';
import { StorageRefused } from '../storage/storageRefused.ts';
import type { ResultStore } from './resultStore.ts';

/**
 * The result of an analysis that succeeded. Where its blob is there and cannot be read, as in the archive tier or overwritten, the record says
 * so by the warning `result-unreadable`: one such blob must not hide the record, nor the other results of a list.
 *
 * @throws {StorageRefused} where the whole container is refused
 */
export async function readResult(
  record: AnalysisRecord,
  results: Pick<ResultStore, 'find'>,
): Promise<{ readonly record: AnalysisRecord; readonly result?: AnalysisResult }> {
  try {
    const result = await results.find(record);
    return { record, ...(result && { result }) };
  } catch (error) {
    if (!(error instanceof StorageRefused) || error.scope !== 'blob') throw error;
    return { record: withWarning(record, { code: 'result-unreadable', detail: error.detail }) };
  }
}
