import { inParallel } from '../concurrency/inParallel.ts';
import type { AnalysisRecord } from './analysisRecord.ts';

/** What became of many at once. */
export interface ManyChanged {
  /** How many the call was about. */
  readonly matched: number;
  readonly changed: number;
  /** Those that are named, or lie below the prefix and are open, and stay as they are; absent where there are none. */
  readonly left?: readonly LeftAnalysis[];
  /** There is more: the same call with this goes on. */
  readonly continuation?: string;
}

export interface LeftAnalysis {
  readonly id: string;
  /** Its status; `not-found` where there is no such analysis. */
  readonly reason: AnalysisRecord['status'] | 'not-found';
}

/** Records of one call: few enough that the caller hears back soon. */
export const MANY_AT_ONCE = 200;

/** Takes a step for each record; counts those for which it says that something changed. */
export async function changeEach(
  records: readonly AnalysisRecord[],
  change: (record: AnalysisRecord) => Promise<'changed' | 'left'>,
): Promise<number> {
  const ends = await inParallel(records, change);
  return ends.filter((end) => end === 'changed').length;
}
