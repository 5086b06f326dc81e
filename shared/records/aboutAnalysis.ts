import { usdOf } from '../tokens/cost.ts';
import type { AnalysisFacts } from './analysisRecord.ts';
import type { AnalysisStore } from './analysisStore.ts';

/** The analysis that an error is about, where one is kept. */
interface AboutAnalysis {
  readonly id: string;
  /** What its model calls have cost so far: 0 where nothing was billed, null where no price is known. */
  readonly costUsd: number | null;
}

const ANALYSES = new WeakMap<object, AboutAnalysis>();

/** Adds the analysis to an error of any kind; the first one that was added stays. */
export function aboutAnalysis(error: unknown, analysis: AboutAnalysis): unknown {
  if (typeof error === 'object' && error !== null && !ANALYSES.has(error)) ANALYSES.set(error, analysis);
  return error;
}

/** What `aboutAnalysis` added; undefined if no analysis is stored. */
export function analysisOfError(error: unknown): AboutAnalysis | undefined {
  return typeof error === 'object' && error !== null ? ANALYSES.get(error) : undefined;
}

/** What a problem response says about its analysis. A record without usage has no known cost. */
export function aboutRecord({ id, costMicroUsd, usage }: AnalysisFacts): AboutAnalysis {
  return { id, costUsd: usage === null ? (usdOf(costMicroUsd) ?? 0) : usdOf(costMicroUsd) };
}

/**
 * The error with the analysis of that id, if it is stored. If the storage is unavailable too, the error stays as it
 * is.
 */
export async function aboutKept(
  error: unknown,
  id: string,
  { analyses }: { readonly analyses: Pick<AnalysisStore, 'find'> },
): Promise<unknown> {
  const stored = await analyses.find(id).catch(() => undefined);
  return stored ? aboutAnalysis(error, aboutRecord(stored.record)) : error;
}
