import type { Outcome } from './outcome.ts';

/**
 * Output caps are learned: quota is charged prompt + cap at the door, so a cap of 800 for answers of 150 wastes most of
 * a small quota. Kept per task and model.
 */
export interface CapStats {
  /** Newest last, at most 200. `wasCut`: the answer ended at its cap, its full length is not known. */
  readonly lengths: readonly { readonly tokens: number; readonly wasCut: boolean }[];
}

export const noCapStats: CapStats = { lengths: [] };

const KEPT_LENGTHS = 200;
/** Fewer whole answers than this say too little about the longest. */
const ENOUGH_ANSWERS = 20;
const PERCENTILE = 0.99;

/** The statistics after one more answer. */
export function withLength(stats: CapStats, length: { readonly tokens: number; readonly wasCut: boolean }): CapStats {
  return { lengths: [...stats.lengths, length].slice(-KEPT_LENGTHS) };
}

/**
 * The cap to send next: the length that 99 of 100 answers stay under, never more than the task's own cap. Answers that
 * were cut count as at least as long as they got (product-limit estimate, Kaplan and Meier 1958). With fewer than 20
 * answers, or when more than one in a hundred are longer than any whole one seen, the task's cap is sent.
 */
export function nextOutputCap(stats: CapStats, taskCapTokens: number): number {
  if (stats.lengths.length < ENOUGH_ANSWERS) return taskCapTokens;
  const sorted = stats.lengths.toSorted(
    (left, right) => left.tokens - right.tokens || Number(left.wasCut) - Number(right.wasCut),
  );
  let longer = 1;
  for (const [index, length] of sorted.entries()) {
    if (!length.wasCut) longer *= 1 - 1 / (sorted.length - index);
    if (longer <= 1 - PERCENTILE + Number.EPSILON) return Math.min(taskCapTokens, length.tokens);
  }
  return taskCapTokens;
}

/** The statistics of all kinds after an outcome: an answer tells its length where the service counts its tokens. */
export function afterAnswer(
  answers: Readonly<Record<string, CapStats>>,
  ended: { readonly answerKind: string | undefined; readonly outcome: Outcome },
): Readonly<Record<string, CapStats>> {
  const { answerKind, outcome } = ended;
  if (answerKind === undefined || outcome.kind !== 'answered' || outcome.usage === null) return answers;
  const length = { tokens: outcome.usage.completionTokens, wasCut: outcome.finish === 'length' };
  return { ...answers, [answerKind]: withLength(answers[answerKind] ?? noCapStats, length) };
}
