import { formatCount } from '../errors.ts';
import { usdText } from '../tokens/cost.ts';
import type { AnalysisFacts, RunningRecord } from './analysisRecord.ts';
import { withWarning } from './analysisSteps.ts';

/**
 * The record before a cut answer is requested again. Only the first cut counts: an answer is requested again at most
 * once for that.
 */
export function withAnswerCut(record: RunningRecord, tokens: number): RunningRecord {
  return record.cut === undefined ? { ...record, cut: { tokens } } : record;
}

/** Whether the next billed call is the second model call for a cut answer. */
export function isAskedAgain({ cut }: Pick<AnalysisFacts, 'cut'>): boolean {
  return cut !== undefined && cut.again === undefined;
}

/**
 * The record after a billed call. If it was the second one, a warning has both numbers: "The first answer was cut at
 * 212 tokens; the second call cost $0.01889." The same record otherwise.
 */
export function withSecondCall(record: RunningRecord, microUsd: number | null): RunningRecord {
  const { cut } = record;
  if (cut === undefined || !isAskedAgain(record)) return record;
  const cost =
    microUsd === null ? 'the price of the second call is not known' : `the second call cost ${usdText(microUsd)}`;
  const detail = `The first answer was cut at ${formatCount(cut.tokens)} tokens; ${cost}.`;
  return withWarning({ ...record, cut: { ...cut, again: { microUsd } } }, { code: 'first-answer-cut', detail });
}
