import type { ErrorCode } from '../errors.ts';
import type {
  AnalysisRecord,
  CancelledRecord,
  FailedRecord,
  QueuedRecord,
  UnsuccessfulRecord,
} from './analysisRecord.ts';
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

/**
 * Endings that lie neither with the image nor with its answer, and that cost nothing to try again: money, the pool, and a
 * storage that refused. A call about such an analysis runs it again; any other ending is told again.
 */
const OUTSIDE: readonly ErrorCode[] = ['budget-reached', 'pool-down', 'conflict'];

/** The next call with its key, or about its blob, runs it again. */
export function isRestartedByCall(record: AnalysisRecord): record is FailedRecord | CancelledRecord {
  if (record.status === 'cancelled') return record.awaitsBytes === true;
  return record.status === 'failed' && (record.awaitsBytes === true || OUTSIDE.includes(record.error.code));
}

/** From the beginning for a caller that comes again. Its attempts go on being counted, unless a retry was asked for. */
export function restartedByCall(record: UnsuccessfulRecord): QueuedRecord {
  const again = restarted(record);
  const isRetry = record.status !== 'rejected' && record.awaitsBytes === true;
  return isRetry || again.undelivered !== undefined ? again : { ...again, attempts: record.attempts };
}
