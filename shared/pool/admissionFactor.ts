import type { Fall } from './chargedSinceLast.ts';
import { areAlike, countsMove, wereMoving } from './countsMove.ts';

/**
 * What a deployment charges at admission, as a multiple of our estimate. The documentation leaves it open: the estimate
 * counts "in part" by characters, and whether an image's base64 counts is stated nowhere (Azure OpenAI quota page,
 * 2026-09-16). The truth may be 0.3 or 30 times ours, so it is learned from `x-ratelimit-remaining-tokens`, as far as
 * that header moves with what is charged (`countsMove`).
 */
export interface FactorEvidence {
  /** Of single requests: charged by estimated tokens, or why the count does not say it (`STILL`, `UNEXPLAINED`). Newest last, at most 100. */
  readonly ratios: readonly number[];
  /** Of whole minutes: all that the service had counted by all that we had sent. Newest last, at most 20. */
  readonly levels: readonly number[];
  /** Answers so far, with or without headers; counted up to 20. */
  readonly answers: number;
  /** When the count last fell as it does when a minute is reset; absent: it never did. */
  readonly fell?: Fall;
  /** A 429 of the quota has come: the deployment may charge more than we estimate. Absent: none has. */
  readonly isRefused?: true;
}

export const unheardFactor: FactorEvidence = { ratios: [], levels: [], answers: 0 };

const KEPT_RATIOS = 100;
const KEPT_ANSWERS = 20;
/** Before the first answer a request is booked with half of its estimate on top; the surplus shrinks with each answer. */
const FIRST_SURPLUS = 0.5;
const MOST_ABOVE_LEVEL = 1.25;
const LEAST_FACTOR = 0.1;
const MOST_FACTOR = 50;

/** What one answer teaches; empty where it teaches nothing. */
export interface Lesson {
  /** Of its own request, and of a later one that was waiting for it. */
  readonly ratios: readonly number[];
  readonly level: number | null;
  readonly fell?: Fall;
}

/** The evidence after one more answer. */
export function withAnswer(evidence: FactorEvidence, lesson: Lesson): FactorEvidence {
  const levels = lesson.level === null ? evidence.levels : [...evidence.levels, lesson.level].slice(-KEPT_ANSWERS);
  const fell = lesson.fell ?? evidence.fell;
  return {
    ...evidence,
    ratios: [...evidence.ratios, ...lesson.ratios.map(rounded)].slice(-KEPT_RATIOS),
    levels,
    answers: Math.min(KEPT_ANSWERS, evidence.answers + 1),
    ...(fell === undefined ? {} : { fell }),
  };
}

/**
 * The admission factor: what the deployment charges for a token of our estimate. It is the mean of the readings without
 * outliers (which include other tenants' use), and 1, the documented rule, until the service's counts have moved with what
 * was charged. When counts that moved stand still, a factor above 1 stays, one below does not. After a 429 two readings
 * are enough for a factor above 1. Between 0.1 and 50. `admissionFactor(unheardFactor)` is 1.
 */
export function admissionFactor(evidence: FactorEvidence): number {
  return ratiosOf(evidence).factor;
}

/**
 * The evidence after a 429 of the quota: a factor below 1 is forgotten, and one above 1 needs only two readings. A factor
 * below 1 by less than the spread of single charges is not forgotten: charges of ±20 % have a mean of 0.97 as often as of 1.03.
 */
export function withRefusal(evidence: FactorEvidence): FactorEvidence {
  const isRefused = true as const;
  return admissionFactor(evidence) < 1 - spreadOf(evidence)
    ? { ...evidence, ratios: [], levels: [], isRefused }
    : { ...evidence, isRefused };
}

/** The factor with which the next count is read, whether it is believed yet or not. */
export function likelyFactor(evidence: FactorEvidence): number {
  return meanOf(likelyOf(chargesOf(evidence))) ?? 1;
}

/**
 * The ratios of charges, at most a quarter above the fullest of the last minutes: the difference between two answers can be
 * misread, the count of a whole minute cannot.
 */
function chargesOf({ ratios, levels }: FactorEvidence): readonly number[] {
  const most = levels.length === 0 ? MOST_FACTOR : Math.max(...levels) * MOST_ABOVE_LEVEL;
  return ratios.filter((ratio) => ratio > 0).map((ratio) => Math.min(most, ratio));
}

/**
 * What is added to an expected charge while little is known of a deployment: a half at first, a tenth after two readings,
 * nothing after 20 answers even without readings. `surplusOf(unheardFactor)` is 0.5.
 */
function surplusOf(evidence: FactorEvidence): number {
  const untilAnswers = (1 - evidence.answers / KEPT_ANSWERS) ** 2;
  return FIRST_SURPLUS * Math.min(untilAnswers, (1 + evidence.ratios.length) ** -1.5);
}

/** What a new request is booked with: the expected charge and the surplus. `bookingFactor(unheardFactor)` is 1.5. */
export function bookingFactor(evidence: FactorEvidence): number {
  return clamped(admissionFactor(evidence) * (1 + surplusOf(evidence)));
}

/** How far single charges lie from the expected one, as a part of it: their deviation. 0 to 0.5; 0 before two were seen. */
export function spreadOf(evidence: FactorEvidence): number {
  return ratiosOf(evidence).spread;
}

interface Ratios {
  readonly factor: number;
  readonly spread: number;
}

/** Kept, since every booking needs them. */
const derived = new WeakMap<FactorEvidence, Ratios>();

function ratiosOf(evidence: FactorEvidence): Ratios {
  const kept = derived.get(evidence);
  if (kept !== undefined) return kept;
  const found = ratiosBelieved(evidence);
  derived.set(evidence, found);
  return found;
}

const DOCUMENTED: Ratios = { factor: 1, spread: 0 };

function ratiosBelieved(evidence: FactorEvidence): Ratios {
  const ratios = likelyOf(chargesOf(evidence));
  const factor = clamped(meanOf(ratios) ?? 1);
  if (!countsMove(evidence.ratios)) {
    const isKept = wereMoving(evidence.ratios) || (evidence.isRefused && areAlike(evidence.ratios));
    return factor > 1 && isKept ? deviationsOf(ratios, factor) : DOCUMENTED;
  }
  return deviationsOf(ratios, factor);
}

function deviationsOf(ratios: readonly number[], factor: number): Ratios {
  const squares = ratios.reduce((sum, ratio) => sum + (ratio / factor - 1) ** 2, 0);
  const spread = ratios.length < 2 ? 0 : Math.min(MOST_SPREAD, Math.sqrt(squares / (ratios.length - 1)));
  return { factor, spread };
}

function meanOf(ratios: readonly number[]): number | undefined {
  return ratios.length === 0 ? undefined : ratios.reduce((sum, ratio) => sum + ratio, 0) / ratios.length;
}

/** Those within three deviations of the median; the deviation is the median distance, which outliers do not move. */
function likelyOf(ratios: readonly number[]): readonly number[] {
  const middle = quantileOf(ratios, 0.5) ?? 1;
  const distances = ratios.map((ratio) => Math.abs(ratio - middle));
  const most = LIKELY_DEVIATIONS * NORMAL_OF_MEDIAN * (quantileOf(distances, 0.5) ?? 0) + SAME * middle;
  return ratios.filter((ratio) => Math.abs(ratio - middle) <= most);
}

const LIKELY_DEVIATIONS = 3;
/** The median distance of a normal distribution is 0.6745 of its deviation. */
const NORMAL_OF_MEDIAN = 1.4826;
/** Charges are whole tokens, so that equal ratios differ by some thousandths. */
const SAME = 0.005;
const MOST_SPREAD = 0.5;

/** To the digits that whole tokens allow: every write of the state contains them. */
function rounded(ratio: number): number {
  return Number(ratio.toPrecision(5));
}

function clamped(factor: number): number {
  return Math.min(MOST_FACTOR, Math.max(LEAST_FACTOR, factor));
}

function quantileOf(values: readonly number[], part: number): number | undefined {
  return values.toSorted((left, right) => left - right)[Math.floor(values.length * part)];
}
