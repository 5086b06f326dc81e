import { nextOutputCap, noCapStats, withLength } from '../../shared/pool/outputCap.ts';
import { normal, randomNumbers } from './randomNumbers.ts';

/** The cap of a task whose answers take 150 ± 60 tokens, and the tokens of an image with its text. */
const TASK_CAP = 800;
const ANSWER = { mean: 150, deviation: 60, least: 20 };
const PROMPTS = [555, 1_065] as const;
const ANSWERS = 2_000;

export interface CapResult {
  readonly promptTokens: number;
  /** Answers that one million tokens of quota give. */
  readonly learned: number;
  readonly bestSingle: number;
  readonly fixed: number;
}

/**
 * What learned output caps bring: an answer that is cut is asked for again with the task's cap, and both are charged.
 * Beside it the single cap that was best in hindsight, and the task's own.
 */
export function playCaps(seed: number): readonly CapResult[] {
  const random = randomNumbers(seed);
  const lengths = Array.from({ length: ANSWERS }, () =>
    Math.round(Math.max(ANSWER.least, ANSWER.mean + ANSWER.deviation * normal(random))),
  );
  return PROMPTS.map((promptTokens) => {
    const perMillion = (charged: number): number => (ANSWERS * 1_000_000) / charged;
    const single = (cap: number): number =>
      lengths.reduce((sum, length) => sum + chargeOf(promptTokens, { cap, length }), 0);
    const caps = Array.from({ length: TASK_CAP / 5 }, (_, index) => (index + 1) * 5);
    const best = Math.min(...caps.map(single));
    return {
      promptTokens,
      learned: perMillion(learnedCharge(promptTokens, lengths)),
      bestSingle: perMillion(best),
      fixed: perMillion(single(TASK_CAP)),
    };
  });
}

function learnedCharge(promptTokens: number, lengths: readonly number[]): number {
  let stats = noCapStats;
  let charged = 0;
  for (const length of lengths) {
    const cap = nextOutputCap(stats, TASK_CAP);
    charged += chargeOf(promptTokens, { cap, length });
    stats = withLength(stats, { tokens: Math.min(length, cap), wasCut: length > cap });
    if (length > cap) stats = withLength(stats, { tokens: length, wasCut: false });
  }
  return charged;
}

function chargeOf(promptTokens: number, one: { readonly cap: number; readonly length: number }): number {
  const again = one.length > one.cap ? promptTokens + TASK_CAP : 0;
  return promptTokens + one.cap + again;
}
