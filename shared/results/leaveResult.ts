import { isFinal } from '../records/analysisRecord.ts';
import type { AnalysisStore } from '../records/analysisStore.ts';
import type { RecordKeeper } from '../records/recordKeeper.ts';
import type { ImageStore } from '../storage/imageStore.ts';
import { boughtOf, unmended } from './boughtAnswer.ts';
import type { ResultStore } from './resultStore.ts';
import { writeAnswer } from './writeAnswer.ts';

/**
 * Leaves an answer that was bought in its place, for the worker that has taken the record from us: its own answer replaces it,
 * and any other end of its work delivers it. One that cannot be written is lost with our lease.
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
  const paid = unmended(bought, 'Another worker has taken the analysis up meanwhile.');
  await writeAnswer(record, paid, parts).catch(() => undefined);
}
