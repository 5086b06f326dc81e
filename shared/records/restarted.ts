import type { QueuedRecord, UnsuccessfulRecord } from './analysisRecord.ts';
import { factsOf, newAnalysis } from './analysisSteps.ts';

/**
 * An analysis that ended without a result from the beginning; what it has cost so far it keeps. One that holds an answer which
 * could not be written keeps everything that belongs to that answer: only the writing is left to do.
 */
export function restarted(record: UnsuccessfulRecord): QueuedRecord {
  if (record.status !== 'rejected' && record.undelivered !== undefined) {
    return { ...factsOf(record), status: 'queued', takeovers: 0, undelivered: record.undelivered };
  }
  const { id, source, request, isAside, usage, costMicroUsd, createdAtMs } = record;
  return { ...newAnalysis(source, request, createdAtMs), id, ...(isAside && { isAside }), usage, costMicroUsd };
}
