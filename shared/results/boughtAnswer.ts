import { z } from 'zod';
import { once } from '../concurrency/once.ts';
import type { AnalysisRecord, RunningRecord, Warning } from '../records/analysisRecord.ts';
import { recordSchemas } from '../records/recordSchema.ts';
import type { CheckedAnswer, WarningCode } from '../tasks/reading.ts';
import { answerSchema } from './keptView.ts';
import { type PaidAnswer, packAnswer, unpackAnswer } from './paidAnswer.ts';

/**
 * A paid answer that can be delivered while a second model call asks for a better one. It is stored in the record
 * before that call, so that no failure of the call, the process or the image loses it.
 */
export interface BoughtAnswer {
  readonly checked: CheckedAnswer;
  /** Warnings of the plan and the image. */
  readonly imageWarnings: readonly Warning[];
  /** What was wrong with the last answer. */
  readonly findings: readonly string[];
  /** Whether the next request includes the findings; otherwise it only raises the cap. */
  readonly isRepaired: boolean;
  readonly maxOutputTokens: number;
  /** It has waited for quota once; it does not wait again. */
  readonly hasWaited: boolean;
}

const boughtSchema = once((): z.ZodType<BoughtAnswer> => {
  const answerWarnings = z.array(
    z.object({ code: z.custom<WarningCode>((code) => typeof code === 'string'), detail: z.string() }),
  );

  return z.object({
    checked: z.object({ answer: answerSchema(), warnings: answerWarnings }),
    imageWarnings: recordSchemas().warnings,
    findings: z.array(z.string()),
    isRepaired: z.boolean(),
    maxOutputTokens: z.number(),
    hasWaited: z.boolean(),
  } satisfies { readonly [Name in keyof Required<BoughtAnswer>]: z.ZodType });
});

/** The record with the answer. */
export function withBought(record: RunningRecord, bought: BoughtAnswer): RunningRecord {
  return { ...record, bought: packAnswer(bought) };
}

/** The stored answer of a record during a second model call; undefined if there is none. */
export function boughtOf(record: AnalysisRecord): BoughtAnswer | undefined {
  const canHold = record.status === 'running' || record.status === 'waiting';
  return canHold && record.bought !== undefined ? unpackAnswer(boughtSchema(), record.bought, record.id) : undefined;
}

/** Warnings that already describe the problem. */
const ABOUT_WHOLE: readonly string[] = ['answer-cut', 'answer-shape'];

/**
 * The answer to deliver if no better one came. Its warning says what is wrong and why it was not repaired.
 *
 * @param why a sentence: why no better answer came
 */
export function unmended({ checked, imageWarnings, findings }: BoughtAnswer, why: string): PaidAnswer {
  const sentence = `It was not repaired by a second model call: ${why}`;
  const place = checked.warnings.findIndex(
    ({ code, detail }) => findings.includes(detail) || ABOUT_WHOLE.includes(code),
  );
  const told = checked.warnings.map((warning, index) =>
    index === place ? { ...warning, detail: `${warning.detail} ${sentence}` } : warning,
  );
  const added: Warning = { code: 'answer-not-mended', detail: [...findings, sentence].join(' ') };
  return { answer: checked.answer, warnings: [...imageWarnings, ...told, ...(place < 0 ? [added] : [])] };
}
