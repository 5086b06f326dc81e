import { usdText } from '../tokens/cost.ts';
import type { AnalysisFacts, RunningRecord } from './analysisRecord.ts';
import { withWarning } from './analysisSteps.ts';

/** The record once a cut answer is to be asked for again. Only the first cut counts: no answer is asked for twice for that. */
export function withAnswerCut(record: RunningRecord, tokens: number): RunningRecord {
  return record.cut === undefined ? { ...record, cut: { tokens } } : record;
}

/** Whether the next call that is billed is the one that a cut answer is asked for again with. */
export function isAskedAgain({ cut }: Pick<AnalysisFacts, 'cut'>): boolean {
  return cut !== undefined && cut.again === undefined;
}

/**
 * The record once a call was billed. If it was the second one, a warning has both numbers: "The first answer was cut at 212
 * tokens; the second call cost $0.01889." The same record otherwise.
 */
export function withSecondCall(record: RunningRecord, microUsd: number | null): RunningRecord {
  const { cut } = record;
  if (cut === undefined || !isAskedAgain(record)) return record;
  const cost =
    microUsd === null ? 'the price of the second call is not known' : `the second call cost ${usdText(microUsd)}`;
  const detail = `The first answer was cut at ${cut.tokens.toLocaleString('en-US')} tokens; ${cost}.`;
  return withWarning({ ...record, cut: { ...cut, again: { microUsd } } }, { code: 'first-answer-cut', detail });
}
