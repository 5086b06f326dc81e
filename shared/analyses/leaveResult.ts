import { isFinal } from './analysisRecord.ts';
import { boughtOf, unmended } from './boughtAnswer.ts';
import type { RecordKeeper } from './recordKeeper.ts';
import type { StoryParts } from './storyParts.ts';
import { writeAnswer } from './writeAnswer.ts';

/**
 * Leaves an answer that was bought in its place, for the worker that has taken the record from us: its own answer replaces it,
 * and any other end of its work delivers it. One that cannot be written is lost with our lease.
 */
export async function leaveResult(
  keeper: RecordKeeper,
  parts: Pick<StoryParts, 'analyses' | 'images' | 'results' | 'now'>,
): Promise<void> {
  const record = keeper.current();
  const bought = boughtOf(record);
  if (!bought) return;
  const there = (await parts.analyses.find(record.id).catch(() => undefined))?.record;
  if (!there || isFinal(there.status)) return;
  const paid = unmended(bought, 'Another worker has taken the analysis up meanwhile.');
  await writeAnswer(record, paid, parts).catch(() => undefined);
}
