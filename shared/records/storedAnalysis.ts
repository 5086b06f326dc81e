import { type AnalysisRecord, isOpen, type OpenRecord } from './analysisRecord.ts';

/** A record with the version that a conditional write names. */
export interface StoredAnalysis<Kept extends AnalysisRecord = AnalysisRecord> {
  readonly record: Kept;
  readonly version: string;
}

export function isStoredOpen(stored: StoredAnalysis): stored is StoredAnalysis<OpenRecord> {
  return isOpen(stored.record);
}
