import type { AppError } from '../errors.ts';
import type { SignalSink } from '../signals/signals.ts';
import type { QueuedRecord } from './analysisRecord.ts';
import { endedBy } from './analysisSteps.ts';
import type { AnalysisStore } from './analysisStore.ts';
import { signalEnd } from './signalEnd.ts';
import type { StoredAnalysis } from './storedAnalysis.ts';

/** Stores an analysis that was refused before it started, and signals it the first time. */
export async function insertRefused(
  fresh: QueuedRecord,
  problem: AppError,
  parts: { readonly analyses: AnalysisStore; readonly now: () => number; readonly signal: SignalSink },
): Promise<{ readonly kind: 'inserted' | 'exists'; readonly stored: StoredAnalysis }> {
  const refused = endedBy(fresh, problem, parts.now());
  const kept = await parts.analyses.insert(refused);
  if (kept.kind === 'inserted') signalEnd(refused, parts);
  return kept;
}
