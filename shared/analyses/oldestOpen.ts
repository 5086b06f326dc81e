import { isFinal } from './analysisRecord.ts';
import type { AnalysisStore, StoredAnalysis } from './analysisStore.ts';
import { inParallel } from './inParallel.ts';

/** So many of the oldest are read; those after them are only counted. */
const MOST_READ = 1_000;

export interface OldestOpen {
  /** How many are open, those that were not read among them. */
  readonly count: number;
  readonly read: readonly StoredAnalysis[];
}

/** How many analyses are not done yet, and the oldest of them. */
export async function oldestOpen(analyses: Pick<AnalysisStore, 'openIds' | 'find'>): Promise<OldestOpen> {
  let count = 0;
  let ids: string[] = [];
  // They come newest first: the last ones are the oldest.
  for await (const id of analyses.openIds()) {
    count += 1;
    ids.push(id);
    if (ids.length >= 2 * MOST_READ) ids = ids.slice(-MOST_READ);
  }
  const oldest = ids.slice(-MOST_READ);
  const found = await inParallel(oldest, (id) => analyses.find(id));
  const read = found.flatMap((stored) => (stored && !isFinal(stored.record.status) ? [stored] : []));
  return { count: count - (oldest.length - read.length), read };
}
