import { isFinal } from '../records/analysisRecord.ts';
import type { AnalysisStore } from '../records/analysisStore.ts';
import type { RecordKeeper } from '../records/recordKeeper.ts';
import type { ImageStore } from '../storage/imageStore.ts';
import { boughtOf, unmended } from './boughtAnswer.ts';
import type { ResultStore } from './resultStore.ts';
import { writeAnswer } from './writeAnswer.ts';

/**
 * Stores a paid answer for the worker that has taken the record: that worker's own answer replaces it, and every other
 * end delivers it. An answer that cannot be written is lost with the lease.
 */
export async function leaveResult(
  keeper: RecordKeeper,
  parts: {
    readonly analyses: AnalysisStore;
    readonly images: ImageStore;
    readonly results: ResultStore;
    readonly now: () => number;
  },
): Promise<void> {
  const record = keeper.current();
  const bought = boughtOf(record);
  if (!bought) return;
  const there = (await parts.analyses.find(record.id).catch(() => undefined))?.record;
  if (!there || isFinal(there)) return;
  const paid = unmended(bought, 'Another worker has taken over the analysis.');
  await writeAnswer(record, paid, parts).catch(() => undefined);
}
