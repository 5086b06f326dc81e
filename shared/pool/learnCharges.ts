import {
  admissionFactor,
  bookingFactor,
  type FactorEvidence,
  type Lesson,
  likelyFactor,
  spreadOf,
  withAnswer,
} from './admissionFactor.ts';
import { BUCKETS_OF_A_MINUTE } from './buckets.ts';
import type { Charge } from './charge.ts';
import { chargedSinceLast, type Reading } from './chargedSinceLast.ts';
import { chargeOf, firstIndexAfter } from './charges.ts';
import { countsMove, STILL, UNEXPLAINED } from './countsMove.ts';
import { matchedToNewestCount } from './newestCount.ts';
import { withLessOthersUse, withOthersUse } from './othersUse.ts';

/** What an answer reports of its request's minute. */
export interface CountReport {
  readonly bookingId: string;
  /** Tokens that the service had counted in its minute when it let the request in, this one included. */
  readonly countedTokens: number;
  /** By how much the service's limit is above the quota of this pool. 0 or more; absent: 0. */
  readonly spareTokens?: number;
}

interface Known {
  readonly charges: readonly Charge[];
  readonly factor: FactorEvidence;
}

/**
 * Learns from the service's count: the difference between two answers is what a request was charged, which gives the factor, and
 * with it all charges that are not known exactly. The unexplained rest is other tenants' use. Until the counts have moved with
 * what was charged they are only collected: a header that stands still, or jumps, changes no charge.
 */
export function learnCharges(known: Known, report: CountReport): Known {
  const asked = chargeOf(known.charges, report.bookingId);
  if (asked === undefined) return { ...known, factor: withAnswer(known.factor, { ratios: [], level: null }) };
  const sent = { ...asked, countedTokens: report.countedTokens };
  const counted = inOrderOfArrival(known.charges.with(known.charges.indexOf(asked), sent), sent.bucket);
  const index = counted.indexOf(sent);
  const next = counted.findIndex((charge, at) => at > index && charge.countedTokens !== null);
  const expected = { factor: likelyFactor(known.factor), isBelieved: countsMove(known.factor.ratios) };
  const before = chargedSinceLast(counted, { index, ...expected });
  const after: Reading = next === -1 ? { kind: 'unknown' } : chargedSinceLast(counted, { index: next, ...expected });
  const lesson = { ...lessonOf(known.factor, before, after), level: levelOf(counted, sent, report.countedTokens) };
  const factor = withAnswer(known.factor, lesson);
  const use = {
    bucket: sent.bucket,
    countedTokens: report.countedTokens,
    spread: spreadOf(factor),
    spareTokens: report.spareTokens ?? 0,
  };
  if (!countsMove(factor.ratios)) return { charges: withLessOthersUse(recount(counted, factor), use), factor };
  const exact = withExact(withExact(counted, before, factor), after, factor);
  const charges = recount(exact, factor);
  const withOthers = withOthersUse(charges, use);
  // Other tenants may use the spare tokens, so the count is not the sum of our charges.
  if (use.spareTokens > 0) return { charges: withOthers, factor };
  return { charges: matchedToNewestCount(withOthers, spreadOf(factor)), factor };
}

/** The ratios of single requests from two readings, or that the count did not move as it had to. */
function lessonOf(evidence: FactorEvidence, before: Reading, after: Reading): Omit<Lesson, 'level'> {
  const ratios = [before, after].flatMap((one) => {
    if (one.kind !== 'charged') return [];
    if (!isKnownRatio(one.ratio)) return [UNEXPLAINED];
    return one.single ? [one.ratio] : [];
  });
  if (before.kind === 'still') return { ratios: [...ratios, STILL] };
  if (before.kind !== 'unexplained') return { ratios };
  const { fell } = before;
  if (fell === null) return { ratios: [...ratios, UNEXPLAINED] };
  const last = evidence.fell;
  if (last !== undefined && fell.afterBucket < last.byBucket) return { ratios };
  // A minute is reset once in a minute: two falls within less are no resets.
  const isReset = last === undefined || fell.byBucket - last.afterBucket >= BUCKETS_OF_A_MINUTE;
  return { ratios: isReset ? ratios : [...ratios, UNEXPLAINED], fell };
}

/** No service charges less or more than so many times our estimate. */
function isKnownRatio(ratio: number): boolean {
  return ratio >= 0.1 && ratio <= 50;
}

/** The service's count divided by all that we had sent in its minute. */
function levelOf(charges: readonly Charge[], sent: Charge, countedTokens: number): number | null {
  const first = firstIndexAfter(charges, sent.bucket - BUCKETS_OF_A_MINUTE);
  const admitted = charges
    .slice(first, firstIndexAfter(charges, sent.bucket))
    .reduce((sum, charge) => sum + charge.admissionTokens, 0);
  return admitted === 0 ? null : countedTokens / admitted;
}

/** Requests that were sent together arrive in any order, which the count in each answer shows. */
function inOrderOfArrival(charges: readonly Charge[], bucket: number): readonly Charge[] {
  const first = firstIndexAfter(charges, bucket - 1);
  const next = firstIndexAfter(charges, bucket);
  if (next - first < 2) return charges;
  const together = charges
    .slice(first, next)
    .toSorted((left, right) => (left.countedTokens ?? Infinity) - (right.countedTokens ?? Infinity) || 0);
  return [...charges.slice(0, first), ...together, ...charges.slice(next)];
}

function withExact(charges: readonly Charge[], known: Reading, evidence: FactorEvidence): readonly Charge[] {
  if (known.kind !== 'charged' || known.single === null) return charges;
  const { single } = known;
  const charge = charges[single.index];
  if (charge === undefined || !isLikely(known.ratio, evidence)) return charges;
  return charges.with(single.index, { ...charge, tokens: single.tokens, isExact: true });
}

/** A reading far from what single requests are charged includes other tenants' use, or all earlier ones were wrong. */
function isLikely(ratio: number, evidence: FactorEvidence): boolean {
  if (evidence.ratios.length < ENOUGH_RATIOS) return true;
  return Math.abs(ratio / admissionFactor(evidence) - 1) <= 0.02 + LIKELY_DEVIATIONS * spreadOf(evidence);
}

const ENOUGH_RATIOS = 10;
const LIKELY_DEVIATIONS = 2.5;

/** Our charges by what is known now: requests on their way as booked, the others as charged. */
function recount(charges: readonly Charge[], evidence: FactorEvidence): readonly Charge[] {
  const [expected, booked] = [admissionFactor(evidence), bookingFactor(evidence)];
  return charges.map((charge) => {
    if (charge.isExact) return charge;
    const factor = charge.countedTokens === null ? booked : expected;
    return { ...charge, tokens: Math.ceil(charge.admissionTokens * factor) };
  });
}
