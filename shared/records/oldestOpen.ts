import { settleInParallel } from '../concurrency/inParallel.ts';
import type { DueQueue } from '../storage/dueQueue.ts';
import { MOST_ROWS_A_PAGE } from '../storage/queryRows.ts';
import { idOfRow, rowKeyBefore } from './analysisIndex.ts';
import type { OpenRecord } from './analysisRecord.ts';
import type { AnalysisStore } from './analysisStore.ts';
import { type KeysRead, seekOldest } from './seekOldest.ts';
import { isStoredOpen, type StoredAnalysis } from './storedAnalysis.ts';

/** How many of the oldest records are read; the others are only counted. */
const MOST_READ = 1_000;

/** Up to this number every row is counted. */
const MOST_COUNTED = 20_000;

export interface OldestOpen {
  /** How many are open, unread ones included. */
  readonly count: number;
  /** True if there are more than are counted. The number then comes from the queue and is approximate. */
  readonly isApproximate: boolean;
  readonly read: readonly StoredAnalysis<OpenRecord>[];
}

/** How many analyses are open, and the oldest of them. Reads at most 1,000 records and about 21,000 index rows. */
export async function readOldestOpen(parts: {
  readonly analyses: Pick<AnalysisStore, 'openKeys' | 'find'>;
  readonly due: Pick<DueQueue, 'length'>;
}): Promise<OldestOpen> {
  const { analyses, due } = parts;
  const { rowKeys, isEnd } = await countedKeys(analyses);
  const readBefore = (createdBeforeMs: number): Promise<KeysRead> =>
    analyses.openKeys({ most: MOST_READ, after: rowKeyBefore(createdBeforeMs) });
  const oldest = (isEnd ? rowKeys : await seekOldest(rowKeys, readBefore)).slice(-MOST_READ);
  // The timer's step that reads each record signals the unreadable ones.
  const { results } = await settleInParallel(oldest, (rowKey) => analyses.find(idOfRow(rowKey)));
  const read = results.flatMap((stored) => (stored && isStoredOpen(stored) ? [stored] : []));
  // Each open analysis has a message in the queue, hidden until its start.
  const count = isEnd ? rowKeys.length : Math.max(rowKeys.length, await due.length());
  return { count: count - (results.length - read.length), isApproximate: !isEnd, read };
}

/** Keys from the newest on, until the end or the counting limit. */
async function countedKeys(analyses: Pick<AnalysisStore, 'openKeys'>): Promise<KeysRead> {
  const rowKeys: string[] = [];
  for (;;) {
    const after = rowKeys.at(-1);
    const look = await analyses.openKeys({ most: MOST_ROWS_A_PAGE, ...(after !== undefined && { after }) });
    rowKeys.push(...look.rowKeys);
    if (look.isEnd || rowKeys.length > MOST_COUNTED) return { rowKeys, isEnd: look.isEnd };
  }
}
