import { z } from 'zod';
import type { RunningRecord, Warning } from '../records/analysisRecord.ts';
import { warningsSchema } from '../records/recordSchema.ts';
import type { CheckedAnswer } from '../tasks/reading.ts';
import { answerSchema } from './keptView.ts';
import { packAnswer, unpackAnswer } from './packAnswer.ts';

/** What a model call has bought: the checked answer, and what its reader should know of it. */
export interface PaidAnswer {
  readonly answer: CheckedAnswer['answer'];
  readonly warnings: readonly Warning[];
}

const paidSchema: z.ZodType<PaidAnswer> = z.object({ answer: answerSchema, warnings: warningsSchema });

/** The answer as a record holds it for a retry. */
export function asUndelivered(paid: PaidAnswer): string {
  return packAnswer(paid);
}

/** The answer that a record taken up for a retry holds; undefined where it holds none. */
export function undeliveredOf({ id, undelivered }: RunningRecord): PaidAnswer | undefined {
  return undelivered === undefined ? undefined : unpackAnswer(paidSchema, undelivered, id);
}
