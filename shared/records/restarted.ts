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
 * Restarts an analysis that ended without a result. It keeps its cost so far. If it holds an answer that could not be
 * written, it keeps everything of that answer: only the write remains.
 */
export function restarted(record: UnsuccessfulRecord): QueuedRecord {
  if (record.status !== 'rejected' && record.undelivered !== undefined) {
    return { ...factsOf(record), status: 'queued', takeovers: 0, undelivered: record.undelivered };
  }
  const { id, source, request, isAside, usage, costMicroUsd, createdAtMs } = record;
  return { ...newAnalysis(source, request, createdAtMs), id, ...(isAside && { isAside }), usage, costMicroUsd };
}

/**
 * Endings that are not about the image or its answer, and that cost nothing to try again: budget, pool, or a storage
 * that refused. A call about such an analysis runs it again; every other ending is returned again.
 */
const OUTSIDE: readonly ErrorCode[] = ['budget-reached', 'pool-down', 'conflict'];

/** The next call with its key, or about its blob, runs it again. */
export function isRestartedByCall(record: AnalysisRecord): record is FailedRecord | CancelledRecord {
  if (record.status === 'cancelled') return record.awaitsBytes === true;
  return record.status === 'failed' && (record.awaitsBytes === true || OUTSIDE.includes(record.error.code));
}

/** Restarts it for a repeated call. Its attempts still count, unless a retry was requested. */
export function restartedByCall(record: UnsuccessfulRecord): QueuedRecord {
  const again = restarted(record);
  const isRetry = record.status !== 'rejected' && record.awaitsBytes === true;
  return isRetry || again.undelivered !== undefined ? again : { ...again, attempts: record.attempts };
}
