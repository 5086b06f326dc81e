import type { AnalysisRecord, Warning } from '../records/analysisRecord.ts';
import type { CheckedAnswer } from '../tasks/reading.ts';
import { packAnswer, unpackAnswer } from './packAnswer.ts';

/** What a model call has bought: the checked answer, and what its reader should know of it. */
export interface PaidAnswer {
  readonly answer: CheckedAnswer['answer'];
  readonly warnings: readonly Warning[];
}

/** The record with an answer that could not be written to its place. */
export function withUndelivered(record: AnalysisRecord, paid: PaidAnswer): AnalysisRecord {
  return { ...record, undelivered: packAnswer(paid) };
}

/** The answer that the record holds for a retry; undefined where it holds none. */
export function undeliveredOf({ undelivered }: Pick<AnalysisRecord, 'undelivered'>): PaidAnswer | undefined {
  return unpackAnswer<PaidAnswer>(undelivered);
}
