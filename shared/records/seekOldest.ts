import { createdAtOfRow } from './analysisIndex.ts';

/** Keys are sorted newest first, and no query can start at the end. So the oldest are found by their time. */

export interface KeysRead {
  readonly rowKeys: readonly string[];
  /** No keys follow these. */
  readonly isEnd: boolean;
}

/** How many of the oldest are enough. */
const ENOUGH = 250;
const MOST_LOOKS = 24;
const FIRST_STEP_MS = 60_000;

/**
 * Keys up to the oldest, newest first. Looks back in growing steps until a read reaches the end, then halves the time
 * in between until it has 250 keys or no gap is left. At most 24 reads.
 *
 * @param newest keys that are known, newest first
 * @param readBefore a page of keys created before a time (epoch milliseconds), newest first
 */
export async function seekOldest(
  newest: readonly string[],
  readBefore: (createdBeforeMs: number) => Promise<KeysRead>,
): Promise<readonly string[]> {
  let full = newest;
  let end: readonly string[] = [];
  let endMs: number | undefined;
  let stepMs = FIRST_STEP_MS;
  for (let looks = 0; looks < MOST_LOOKS; looks++) {
    const fullMs = createdAtOfRow(full.at(-1) ?? '');
    // Alternates between reading right after the known keys and looking further back: the rest may be few, or far
    // away.
    const isNext = looks % 2 === 0;
    const furtherMs = endMs === undefined ? Math.max(0, fullMs - stepMs) : Math.floor((fullMs + endMs) / 2);
    const beforeMs = isNext ? fullMs : furtherMs;
    const { rowKeys, isEnd } = await readBefore(beforeMs);
    if (!isEnd) full = rowKeys;
    else if (isNext) return [...full, ...rowKeys];
    else if (rowKeys.length >= ENOUGH) return rowKeys;
    else [end, endMs] = [rowKeys, beforeMs];
    if (!isNext) stepMs *= 4;
  }
  return end.length > 0 ? end : full;
}
