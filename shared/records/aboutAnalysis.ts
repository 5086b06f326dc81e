/** The analysis that an error is about, where one is kept. */
export interface AboutAnalysis {
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
