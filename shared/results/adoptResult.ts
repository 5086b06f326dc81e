import type { OpenRecord, SucceededRecord } from '../records/analysisRecord.ts';
import type { AnalysisResult } from '../records/analysisView.ts';
import type { ImageStore } from '../storage/imageStore.ts';
import { StorageRefused } from '../storage/storageRefused.ts';
import type { ResultStore } from './resultStore.ts';

/**
 * Completes an analysis from a result that an earlier try has stored, without another model call. Writes both blobs
 * again, because that try may have crashed between the two.
 *
 * @returns the completed record; undefined if there is no result
 * @throws {StorageRefused} if the result exists and cannot be read
 */
export async function adoptResult(
  record: OpenRecord,
  { results, images }: { readonly results: ResultStore; readonly images: ImageStore },
): Promise<{ readonly record: SucceededRecord; readonly result: AnalysisResult } | undefined> {
  const kept = await results.findKept(record);
  if (!kept) return undefined;
  try {
    await results.keep(kept.record, kept.result, () => images.isPresent(record.source));
    return kept;
  } catch (error) {
    if (!(error instanceof StorageRefused)) throw error;
    const warning = { code: 'markdown-not-written', detail: error.detail };
    return { ...kept, record: { ...kept.record, warnings: [...kept.record.warnings, warning] } };
  }
}
