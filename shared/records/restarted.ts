import type { AnalysisRecord } from './analysisRecord.ts';
import { newAnalysis } from './analysisSteps.ts';

/**
 * A failed or cancelled analysis from the beginning; what it has cost so far it keeps. One that holds an answer which could not
 * be written keeps everything that belongs to that answer: only the writing is left to do.
 */
export function restarted(record: AnalysisRecord): AnalysisRecord {
  return record.undelivered === undefined ? startedAgain(record) : writtenAgain(record);
}

function startedAgain(record: AnalysisRecord): AnalysisRecord {
  const { id, source, request, isAside, usage, costMicroUsd, createdAtMs } = record;
  return { ...newAnalysis(source, request, createdAtMs), id, ...(isAside && { isAside }), usage, costMicroUsd };
}

function writtenAgain(record: AnalysisRecord): AnalysisRecord {
  return { ...record, status: 'queued', error: null, takeovers: 0, recalled: null, lease: null, completedAtMs: null };
}
