/**
 * What a deployment charges at admission, as a multiple of our estimate. The documentation leaves it open: the estimate
 * counts "in part" by characters, and whether an image's base64 counts is stated nowhere (Azure OpenAI quota page,
 * 2026-09-16). The truth may be 0.3 or 30 times ours, so it is learned from `x-ratelimit-remaining-tokens`.
 */
export interface FactorEvidence {
  /** Of single requests: charged by estimated tokens. Newest last, at most 20. */
  readonly ratios: readonly number[];
  /** Of whole minutes: all that the service had counted by all that we had sent. Newest last, at most 20. */
  readonly levels: readonly number[];
  /** Answers so far, with or without headers; counted up to 20. */
  readonly answers: number;
}

export const unheardFactor: FactorEvidence = { ratios: [], levels: [], answers: 0 };

const KEPT_RATIOS = 20;
/** Before anything is heard a request is booked with half of its estimate on top; the surplus melts with the answers. */
const FIRST_SURPLUS = 0.5;
const MOST_ABOVE_LEVEL = 1.25;
const LEAST_FACTOR = 0.1;
const MOST_FACTOR = 50;

/** What one answer told; empty where it told nothing. */
export interface Lesson {
  /** Of its own request, and of a later one that was waiting for it. */
  readonly ratios: readonly number[];
  readonly level: number | null;
}

/**
 * The evidence after one more answer. No request is taken to be charged by more than a quarter above the fullest of the
 * last minutes: the difference between two answers can be misread, what was counted in a whole minute cannot.
 */
export function withAnswer(evidence: FactorEvidence, lesson: Lesson): FactorEvidence {
  const levels = lesson.level === null ? evidence.levels : [...evidence.levels, lesson.level].slice(-KEPT_RATIOS);
  const most = levels.length === 0 ? MOST_FACTOR : Math.max(...levels) * MOST_ABOVE_LEVEL;
  return {
    ratios: [...evidence.ratios, ...lesson.ratios.map((ratio) => Math.min(most, ratio))].slice(-KEPT_RATIOS),
    levels,
    answers: Math.min(KEPT_RATIOS, evidence.answers + 1),
  };
}

/**
 * What the deployment charges for a token of our estimate, as far as it is known: the median of what was seen, 1 before
 * anything is. Between 0.1 and 50. `admissionFactor(unheardFactor)` is 1.
 */
export function admissionFactor(evidence: FactorEvidence): number {
  return clamped(quantileOf(evidence.ratios, 0.5) ?? 1);
}

/**
 * What an estimate is multiplied with when it is booked: what nine of ten requests stay under, so that a charge that is
 * not exactly our estimate finds room all the same. Once it is known what a request was charged, that counts instead.
 * A surplus of a half at first shrinks to nothing within 20 answers. `bookingFactor(unheardFactor)` is 1.5.
 */
export function bookingFactor(evidence: FactorEvidence): number {
  const surplus = FIRST_SURPLUS * (1 - evidence.answers / KEPT_RATIOS) ** 2;
  return clamped((quantileOf(evidence.ratios, 0.9) ?? 1) * (1 + surplus));
}

function clamped(factor: number): number {
  return Math.min(MOST_FACTOR, Math.max(LEAST_FACTOR, factor));
}

function quantileOf(values: readonly number[], part: number): number | undefined {
  return values.toSorted((left, right) => left - right)[Math.floor(values.length * part)];
}
