import { BUCKETS_OF_A_MINUTE } from './buckets.ts';
import type { Charge } from './charge.ts';
import { firstIndexAfter } from './charges.ts';

/** The newest count of which it is certain which of our requests it includes. */
interface NewestCount {
  readonly bucket: number;
  readonly countedTokens: number;
  /** Whether a request had been counted then, if its minute was not over. */
  readonly holds: (charge: Charge) => boolean;
}

/** Requests booked this many buckets apart may arrive in either order. */
const SAME_MOMENT_BUCKETS = 1;

/**
 * The newest count of which it is certain what it holds; undefined before the first. Requests of the same moment arrive in
 * any order, which only their counts show, so a count can be used once all requests of its moment have been answered.
 */
export function newestCountOf(charges: readonly Charge[]): NewestCount | undefined {
  for (let index = charges.length - 1; index >= 0; index -= 1) {
    const charge = charges[index];
    if (charge === undefined || charge.countedTokens === null) continue;
    const { bucket, countedTokens } = charge;
    const first = firstIndexAfter(charges, bucket - SAME_MOMENT_BUCKETS - 1);
    const next = firstIndexAfter(charges, bucket + SAME_MOMENT_BUCKETS);
    const isCertain = charges.slice(first, next).every((near) => near.countedTokens !== null || near.isExact);
    if (!isCertain) continue;
    const holds = (one: Charge): boolean =>
      one.bucket < bucket - SAME_MOMENT_BUCKETS ||
      (one.bucket <= bucket + SAME_MOMENT_BUCKETS && (one.countedTokens ?? 0) <= countedTokens);
    return { bucket, countedTokens, holds };
  }
  return undefined;
}

/**
 * The charges, adjusted so that those of the newest count's minute add up to it. The charges of single requests are often not
 * known (several are sent together, answers come in any order), but their sum is. The difference is shared out by the squares of
 * their sizes. A difference that their spread does not explain is other tenants' use, or a reset of the minute.
 *
 * @param spread how far single charges lie from what is expected, as a part of it
 */
export function matchedToNewestCount(charges: readonly Charge[], spread: number): readonly Charge[] {
  if (spread === 0 || charges.some(({ caller }) => caller === 'other')) return charges;
  const newest = newestCountOf(charges);
  if (newest === undefined) return charges;
  const first = firstIndexAfter(charges, newest.bucket - BUCKETS_OF_A_MINUTE - EDGE_BUCKETS - 1);
  const edge = firstIndexAfter(charges, newest.bucket - BUCKETS_OF_A_MINUTE + EDGE_BUCKETS);
  let missing = newest.countedTokens;
  for (const charge of charges.slice(edge)) if (newest.holds(charge)) missing -= charge.tokens;
  // A charge on the edge of the minute may be counted or not: take the reading that leaves least unexplained.
  let [from, rest] = [edge, missing];
  for (let index = edge - 1; index >= first; index -= 1) {
    missing -= charges[index]?.tokens ?? 0;
    if (Math.abs(missing) < Math.abs(rest)) [from, rest] = [index, missing];
  }
  const squares = charges.slice(from).reduce((sum, one) => (newest.holds(one) ? sum + weightOf(one) : sum), 0);
  if (squares === 0 || Math.abs(rest) > LIKELY_DEVIATIONS * spread * Math.sqrt(squares)) return charges;
  return charges.map((charge, index) => {
    if (index < from || !newest.holds(charge)) return charge;
    return { ...charge, tokens: Math.max(0, Math.round(charge.tokens + (rest * weightOf(charge)) / squares)) };
  });
}

function weightOf({ tokens, isExact }: Charge): number {
  return tokens ** 2 * (isExact ? EXACT_WEIGHT : 1);
}

/** An exact charge may have been misread, seldom and by little. */
const EXACT_WEIGHT = 0.03;

/** Requests this many buckets more or less than a minute apart may be counted together or not. */
const EDGE_BUCKETS = 1;
const LIKELY_DEVIATIONS = 3;
