/**
 * What a deployment charges at admission, as a multiple of our estimate. The documentation leaves it open: the estimate
 * counts "in part" by characters, and whether an image's base64 counts is stated nowhere (Azure OpenAI quota page,
 * 2026-09-16). The truth may be 0.3 or 30 times ours, so it is learned from `x-ratelimit-remaining-tokens`.
 */
export interface FactorEvidence {
  /** Charged by estimated tokens, newest last, at most 20. */
  readonly ratios: readonly number[];
  /** Answers so far, with or without headers; counted up to 20. */
  readonly answers: number;
}

export const unheardFactor: FactorEvidence = { ratios: [], answers: 0 };

const KEPT_RATIOS = 20;
/** Before anything is heard a request is booked with half of its estimate on top; the surplus melts with the answers. */
const FIRST_SURPLUS = 0.5;
const LEAST_FACTOR = 0.1;
const MOST_FACTOR = 50;

/** The evidence after one more answer. `ratio` is null where the answer did not tell. */
export function withAnswer(evidence: FactorEvidence, ratio: number | null): FactorEvidence {
  return {
    ratios: ratio === null ? evidence.ratios : [...evidence.ratios, ratio].slice(-KEPT_RATIOS),
    answers: Math.min(KEPT_RATIOS, evidence.answers + 1),
  };
}

/**
 * What to multiply an estimate with before it is booked: 1.5 at first, near what was seen after 20 answers, between 0.1
 * and 50. The median of what was seen carries a surplus that shrinks from a half to nothing with the first 20 answers.
 *
 * `admissionFactor(unheardFactor)` is 1.5.
 */
export function admissionFactor(evidence: FactorEvidence): number {
  const seen = medianOf(evidence.ratios) ?? 1;
  const surplus = FIRST_SURPLUS * (1 - evidence.answers / KEPT_RATIOS) ** 2;
  return Math.min(MOST_FACTOR, Math.max(LEAST_FACTOR, seen * (1 + surplus)));
}

function medianOf(values: readonly number[]): number | undefined {
  const sorted = values.toSorted((left, right) => left - right);
  return sorted[Math.floor(sorted.length / 2)];
}
