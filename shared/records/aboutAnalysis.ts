import type { AnalysisFacts } from './analysisRecord.ts';
import type { AnalysisStore } from './analysisStore.ts';
import { usdOf } from './analysisView.ts';

/** The analysis that an error is about, where one is kept. */
interface AboutAnalysis {
  readonly id: string;
  /** What its model calls have cost so far: 0 where nothing was billed, null where no price is known. */
  readonly costUsd: number | null;
}

const ANALYSES = new WeakMap<object, AboutAnalysis>();

/** The same error, of any kind, with the analysis that it is about; the first that was named holds. */
export function aboutAnalysis(error: unknown, analysis: AboutAnalysis): unknown {
  if (typeof error === 'object' && error !== null && !ANALYSES.has(error)) ANALYSES.set(error, analysis);
  return error;
}

/** What `aboutAnalysis` named; undefined where no analysis is kept. */
export function analysisOfError(error: unknown): AboutAnalysis | undefined {
  return typeof error === 'object' && error !== null ? ANALYSES.get(error) : undefined;
}

/** What a problem says of its analysis. A record without usage was billed nothing, as far as is known. */
export function aboutRecord({ id, costMicroUsd, usage }: AnalysisFacts): AboutAnalysis {
  return { id, costUsd: usage === null ? (usdOf(costMicroUsd) ?? 0) : usdOf(costMicroUsd) };
}

/** The error with the analysis of that id, if one is kept. A storage that is away as well changes nothing. */
export async function aboutKept(
  error: unknown,
  id: string,
  { analyses }: { readonly analyses: Pick<AnalysisStore, 'find'> },
): Promise<unknown> {
  const stored = await analyses.find(id).catch(() => undefined);
  return stored ? aboutAnalysis(error, aboutRecord(stored.record)) : error;
}
