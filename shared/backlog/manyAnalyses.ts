import type { AnalysisRecord } from '../records/analysisRecord.ts';

/** The result of a call about many analyses. */
export interface ManyChanged {
  /** How many analyses the call selected. */
  readonly matched: number;
  readonly changed: number;
  /** The named analyses that stay unchanged; absent if there are none. */
  readonly left?: readonly LeftAnalysis[];
  /** Present if there are more: repeat the call with it. */
  readonly continuation?: string;
}

export interface LeftAnalysis {
  readonly id: string;
  /** Its status; `not-found` if there is no such analysis, `bytes-gone` if its image is no longer stored. */
  readonly reason: AnalysisRecord['status'] | 'not-found' | 'bytes-gone';
}

/** The most records per call, so that the response comes soon. */
export const MANY_AT_ONCE = 200;
