/**
 * What a deployment charges at admission, as a multiple of our estimate. The documentation leaves it open: the estimate
 * counts "in part" by characters, and whether an image's base64 counts is stated nowhere (Azure OpenAI quota page,
 * 2026-09-16). The truth may be 0.3 or 30 times ours, so it is learned from `x-ratelimit-remaining-tokens`.
 */
export interface FactorEvidence {
  /** Of single requests: charged by estimated tokens. Newest last, at most 40. */
  readonly ratios: readonly number[];
  /** Of whole minutes: all that the service had counted by all that we had sent. Newest last, at most 20. */
  readonly levels: readonly number[];
  /** Answers so far, with or without headers; counted up to 20. */
  readonly answers: number;
}

export const unheardFactor: FactorEvidence = { ratios: [], levels: [], answers: 0 };

const KEPT_RATIOS = 40;
const KEPT_ANSWERS = 20;
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
  const levels = lesson.level === null ? evidence.levels : [...evidence.levels, lesson.level].slice(-KEPT_ANSWERS);
  const most = levels.length === 0 ? MOST_FACTOR : Math.max(...levels) * MOST_ABOVE_LEVEL;
  return {
    ratios: [...evidence.ratios, ...lesson.ratios.map((ratio) => Math.min(most, ratio))].slice(-KEPT_RATIOS),
    levels,
    answers: Math.min(KEPT_ANSWERS, evidence.answers + 1),
  };
}

/**
 * What the deployment charges for a token of our estimate, as far as it is known: the median of what was seen, 1 before
 * anything is. Between 0.1 and 50. `admissionFactor(unheardFactor)` is 1.
 */
export function admissionFactor(evidence: FactorEvidence): number {
  const known = factors.get(evidence);
  if (known !== undefined) return known;
  const factor = clamped(quantileOf(evidence.ratios, 0.5) ?? 1);
  factors.set(evidence, factor);
  return factor;
}

/**
 * What is added to an expected charge while little is known of a deployment: a half at first, nothing after 20 answers.
 * `surplusOf(unheardFactor)` is 0.5.
 */
export function surplusOf(evidence: FactorEvidence): number {
  return FIRST_SURPLUS * (1 - evidence.answers / KEPT_ANSWERS) ** 2;
}

/** What a new request is booked with: the expected charge and the surplus. `bookingFactor(unheardFactor)` is 1.5. */
export function bookingFactor(evidence: FactorEvidence): number {
  return clamped(admissionFactor(evidence) * (1 + surplusOf(evidence)));
}

/**
 * How far single charges lie from the expected one, as a part of it: the median distance, as the deviation of a normal
 * distribution. A reading that somebody else's use is mixed into does not move it. 0 to 0.5; 0 before anything is seen.
 */
export function spreadOf(evidence: FactorEvidence): number {
  const known = spreads.get(evidence);
  if (known !== undefined) return known;
  const middle = admissionFactor(evidence);
  const distance = quantileOf(
    evidence.ratios.map((ratio) => Math.abs(ratio / middle - 1)),
    0.5,
  );
  const spread = Math.min(MOST_SPREAD, (distance ?? 0) * NORMAL_OF_MEDIAN);
  spreads.set(evidence, spread);
  return spread;
}

/** Derived from the evidence alone, and asked for with every booking. */
const spreads = new WeakMap<FactorEvidence, number>();
const factors = new WeakMap<FactorEvidence, number>();
/** The median distance of a normal distribution is 0.6745 of its deviation. */
const NORMAL_OF_MEDIAN = 1.4826;
const MOST_SPREAD = 0.5;

function clamped(factor: number): number {
  return Math.min(MOST_FACTOR, Math.max(LEAST_FACTOR, factor));
}

function quantileOf(values: readonly number[], part: number): number | undefined {
  return values.toSorted((left, right) => left - right)[Math.floor(values.length * part)];
}
