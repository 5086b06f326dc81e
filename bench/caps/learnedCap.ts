/** The rule for output caps until 2026-11-30, to compare with: the length that 99 of 100 answers of a task stay under. */
export interface LearnedCap {
  readonly next: () => number;
  readonly learn: (length: { readonly tokens: number; readonly wasCut: boolean }) => void;
}

const KEPT_LENGTHS = 200;
const ENOUGH_ANSWERS = 20;
const PERCENTILE = 0.99;

export function createLearnedCap(taskCapTokens: number): LearnedCap {
  let lengths: readonly { readonly tokens: number; readonly wasCut: boolean }[] = [];
  return {
    learn: (length) => {
      lengths = [...lengths, length].slice(-KEPT_LENGTHS);
    },
    next: () => {
      if (lengths.length < ENOUGH_ANSWERS) return taskCapTokens;
      const sorted = lengths.toSorted(
        (left, right) => left.tokens - right.tokens || Number(left.wasCut) - Number(right.wasCut),
      );
      let longer = 1;
      for (const [index, { tokens, wasCut }] of sorted.entries()) {
        if (!wasCut) longer *= 1 - 1 / (sorted.length - index);
        if (longer <= 1 - PERCENTILE + Number.EPSILON) return Math.min(taskCapTokens, tokens);
      }
      return taskCapTokens;
    },
  };
}
