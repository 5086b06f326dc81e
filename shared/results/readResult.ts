import type { AnalysisRecord } from '../records/analysisRecord.ts';
import { withWarning } from '../records/analysisSteps.ts';
import type { AnalysisResult } from '../records/analysisView.ts';
import { StorageRefused } from '../storage/storageRefused.ts';
import type { ResultStore } from './resultStore.ts';

/**
 * The result of a succeeded analysis. If its blob cannot be read (archive tier, overwritten), the record has the
 * warning `result-unreadable`, so that one blob hides neither the record nor the other results of a list.
 *
 * @throws {StorageRefused} if the whole container is refused
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
