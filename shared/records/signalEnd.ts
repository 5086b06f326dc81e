import type { SignalSink } from '../signals/signals.ts';
import { type AnalysisRecord, errorOf, type Status } from './analysisRecord.ts';

const EVENTS = {
  succeeded: 'analysis.completed',
  rejected: 'analysis.rejected',
  failed: 'analysis.failed',
} as const satisfies Partial<Record<Status, string>>;

/**
 * Signals how an analysis has ended. Call it once, after its last step is written. Ignores open and cancelled
 * analyses.
 */
export function signalEnd(record: AnalysisRecord, { signal }: { readonly signal: SignalSink }): void {
  const { id, status, request, deployment, costMicroUsd, timing } = record;
  const error = errorOf(record);
  if (status !== 'succeeded' && status !== 'rejected' && status !== 'failed') return;
  const pages = record.document && { pages: record.document.pages };
  const facts = {
    analysisId: id,
    ...pages,
    task: request.task,
    deployment: deployment?.name ?? null,
    costMicroUsd,
    ...timing,
  };
  signal({ event: EVENTS[status], facts: error ? { ...facts, code: error.code } : facts });
}
