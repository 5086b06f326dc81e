import { type AboutAnalysis, aboutAnalysis } from './aboutAnalysis.ts';
import type { AnalysisFacts } from './analysisRecord.ts';
import type { AnalysisStore } from './analysisStore.ts';
import { usdOf } from './analysisView.ts';

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
