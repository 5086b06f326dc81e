import type { AnalysisRecord } from './analysisRecord.ts';

/** A record with the version that a conditional write names. */
export interface StoredAnalysis {
  readonly record: AnalysisRecord;
  readonly version: string;
}
