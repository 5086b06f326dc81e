import type { OpenRecord, SucceededRecord } from '../records/analysisRecord.ts';
import type { AnalysisResult } from '../records/analysisView.ts';
import type { ImageStore } from '../storage/imageStore.ts';
import { StorageRefused } from '../storage/storageRefused.ts';
import type { ResultStore } from './resultStore.ts';

/**
 * The result of this very analysis, where an earlier try has kept one: it is paid for, and no model is asked again. Both of its
 * blobs are written once more, for that try may have ended between the two.
 *
 * @returns the record that belongs to it; undefined where there is none
 * @throws {StorageRefused} where the result is there and cannot be read
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
