import { BUCKETS_OF_A_MINUTE, MINUTE_BUCKETS } from './buckets.ts';
import type { Charge } from './charge.ts';
import { firstIndexAfter, withCharge } from './charges.ts';

/** What the service had counted in its minute when a request came. */
export interface Counted {
  readonly bucket: number;
  readonly countedTokens: number;
  /** How far single charges lie from what is expected, as a part of it. */
  readonly spread: number;
  /** How far the service's limit is above the quota of this pool: other tenants may use that without harm. 0 or more; absent: 0. */
  readonly spareTokens?: number;
}

/** A difference below this many deviations of our own uncertain charges is no sign of other tenants. */
const SIGN_DEVIATIONS = 2;

/**
 * The charges with what other tenants use of the same quota, by the newest count: all that was counted and is not ours.
 * When they were charged is unknown, so their use is one charge that stays until a newer count replaces it, for a minute at
 * most.
 *
 * A pool may have a quota below the deployment's limit: only use beyond that difference counts.
 *
 * A charge of ours on the edge of a minute may be counted or not: the reading nearer to the last use is taken.
 */
export function withOthersUse(charges: readonly Charge[], counted: Counted): readonly Charge[] {
  const { bucket, countedTokens, spareTokens = 0 } = counted;
  if (charges.some((charge) => charge.bucket > bucket && isCount(charge))) return charges;
  const before = charges.reduce((sum, charge) => (charge.caller === 'other' ? sum + charge.tokens : sum), 0);
  const own = before === 0 ? charges : charges.filter(({ caller }) => caller !== 'other');
  const narrow = sumOf(own, { after: bucket - BUCKETS_OF_A_MINUTE, bucket });
  const wide = sumOf(own, { after: bucket - MINUTE_BUCKETS, bucket });
  const last = before === 0 ? 0 : before + spareTokens;
  const likely = nearest(last, { least: countedTokens - wide.tokens, most: countedTokens - narrow.tokens });
  const tokens = Math.round(likely) - spareTokens;
  if (tokens <= SIGN_DEVIATIONS * counted.spread * Math.sqrt(wide.uncertainSquares)) return own;
  return withCharge(own, othersCharge(bucket, tokens));
}

/** What other tenants are taken to have used of a quota. */
export function othersCharge(bucket: number, tokens: number): Charge {
  return {
    id: null,
    caller: 'other',
    bucket,
    tokens,
    admissionTokens: 0,
    requests: 0,
    isExact: true,
    countedTokens: null,
  };
}

/**
 * The charges with no more of other tenants' use than the count leaves room for; never with more. For counts that are
 * not believed: a 429 has said that a minute was full, and an answer since then may say that it is not.
 */
export function withLessOthersUse(charges: readonly Charge[], counted: Counted): readonly Charge[] {
  if (othersTokens(charges) === 0) return charges;
  const next = withOthersUse(charges, counted);
  return othersTokens(next) < othersTokens(charges) ? next : charges;
}

function othersTokens(charges: readonly Charge[]): number {
  return charges.reduce((sum, { caller, tokens }) => (caller === 'other' ? sum + tokens : sum), 0);
}

function isCount(charge: Charge): boolean {
  return charge.countedTokens !== null || charge.caller === 'other';
}

function nearest(to: number, range: { readonly least: number; readonly most: number }): number {
  return Math.min(range.most, Math.max(range.least, to));
}

function sumOf(
  charges: readonly Charge[],
  of: { readonly after: number; readonly bucket: number },
): { readonly tokens: number; readonly uncertainSquares: number } {
  let [tokens, uncertainSquares] = [0, 0];
  for (let index = firstIndexAfter(charges, of.after); index < charges.length; index += 1) {
    const charge = charges[index];
    if (charge === undefined || charge.bucket > of.bucket) break;
    tokens += charge.tokens;
    if (!charge.isExact) uncertainSquares += charge.tokens ** 2;
  }
  return { tokens, uncertainSquares };
}
