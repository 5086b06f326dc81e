import type { ErrorCode } from '../errors.ts';
import { type AnalysisRecord, isFinal } from './analysisRecord.ts';
import { restarted } from './restarted.ts';

/**
 * Endings that lie neither with the image nor with its answer, and that cost nothing to try again: money, the pool, and a
 * storage that refused. A call about such an analysis runs it again; any other ending is told again.
 */
const OUTSIDE: readonly ErrorCode[] = ['budget-reached', 'pool-down', 'conflict'];

/** The next call with its key, or about its blob, runs it again. */
export function isRestartedByCall({ status, error, awaitsBytes }: AnalysisRecord): boolean {
  if (awaitsBytes) return isFinal(status);
  return status === 'failed' && error !== null && OUTSIDE.includes(error.code);
}

/** From the beginning for a caller that comes again. Its attempts go on being counted, unless a retry was asked for. */
export function restartedByCall(record: AnalysisRecord): AnalysisRecord {
  const again = restarted(record);
  return record.awaitsBytes || record.undelivered !== undefined ? again : { ...again, attempts: record.attempts };
}
