import type { AnalysisRecord } from '../records/analysisRecord.ts';

/** What became of many at once. */
export interface ManyChanged {
  /** How many the call was about. */
  readonly matched: number;
  readonly changed: number;
  /** Those that the call was about, or named, and that stay as they are; absent where there are none. */
  readonly left?: readonly LeftAnalysis[];
  /** There is more: the same call with this goes on. */
  readonly continuation?: string;
}

export interface LeftAnalysis {
  readonly id: string;
  /** Its status; `not-found` where there is no such analysis, `bytes-gone` where its image is no longer there. */
  readonly reason: AnalysisRecord['status'] | 'not-found' | 'bytes-gone';
}

/** Records of one call: few enough that the caller hears back soon. */
export const MANY_AT_ONCE = 200;
