import { z } from 'zod';
import { once } from '../concurrency/once.ts';
import type { AnalysisRecord, RunningRecord, Warning } from '../records/analysisRecord.ts';
import { recordSchemas } from '../records/recordSchema.ts';
import type { CheckedAnswer, WarningCode } from '../tasks/reading.ts';
import { answerSchema } from './keptView.ts';
import { type PaidAnswer, packAnswer, unpackAnswer } from './paidAnswer.ts';

/**
 * An answer that is paid for and could be delivered, while the model is asked for a better one. It stands in the record before
 * the next request leaves, so that no end of that request, of the process or of the image loses it.
 */
export interface BoughtAnswer {
  readonly checked: CheckedAnswer;
  /** What plan and image add to the warnings of the answer. */
  readonly imageWarnings: readonly Warning[];
  /** What was wrong with the last answer. */
  readonly findings: readonly string[];
  /** Whether the next request tells the model the findings; else it only raises the cap. */
  readonly isRepaired: boolean;
  readonly maxOutputTokens: number;
  /** It has waited for quota once, which is as long as it waits. */
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

/** The answer that a record holds while it is asked for again; undefined where it holds none. */
export function boughtOf(record: AnalysisRecord): BoughtAnswer | undefined {
  const canHold = record.status === 'running' || record.status === 'waiting';
  return canHold && record.bought !== undefined ? unpackAnswer(boughtSchema(), record.bought, record.id) : undefined;
}

/** Warnings that say what is wrong in words of their own. */
const ABOUT_WHOLE: readonly string[] = ['answer-cut', 'answer-shape'];

/**
 * What is delivered of it where nothing better came: the warning that says what is wrong says why it was not mended as well.
 *
 * @param why a sentence: what kept the better answer from coming
 */
export function unmended({ checked, imageWarnings, findings }: BoughtAnswer, why: string): PaidAnswer {
  const sentence = `It was to be mended by asking the model again, and was not: ${why}`;
  const place = checked.warnings.findIndex(
    ({ code, detail }) => findings.includes(detail) || ABOUT_WHOLE.includes(code),
  );
  const told = checked.warnings.map((warning, index) =>
    index === place ? { ...warning, detail: `${warning.detail} ${sentence}` } : warning,
  );
  const added: Warning = { code: 'answer-not-mended', detail: [...findings, sentence].join(' ') };
  return { answer: checked.answer, warnings: [...imageWarnings, ...told, ...(place < 0 ? [added] : [])] };
}
