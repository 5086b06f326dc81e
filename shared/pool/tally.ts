import type { Charge } from './charge.ts';

/** What a limit counts. */
export type Weight = 'tokens' | 'requests' | 'backlogTokens' | 'backlogRequests';

/**
 * Running sums over one list of charges, so that a window's weight is one subtraction, and results of earlier searches. Derived
 * from the charges alone, and never part of the state.
 */
interface Tally {
  readonly buckets: Float64Array;
  /** `sums[weight][n]`: what the first n charges weigh. */
  readonly sums: Partial<Record<Weight, Float64Array>>;
  /** By limit: no bucket from `fromBucket` up to `bucket` has room. */
  readonly known: Map<number, { readonly fromBucket: number; readonly bucket: number }>;
}

const tallies = new WeakMap<readonly Charge[], Tally>();

const WEIGHTS: Readonly<Record<Weight, (charge: Charge) => number>> = {
  tokens: (charge) => charge.tokens,
  requests: (charge) => charge.requests,
  backlogTokens: (charge) => (charge.caller === 'backlog' ? charge.tokens : 0),
  backlogRequests: (charge) => (charge.caller === 'backlog' ? charge.requests : 0),
};

export function tallyOf(charges: readonly Charge[]): Tally {
  const kept = tallies.get(charges);
  if (kept !== undefined) return kept;
  const buckets = new Float64Array(charges.length);
  for (let index = 0; index < charges.length; index += 1) buckets[index] = charges[index]?.bucket ?? 0;
  const tally: Tally = { buckets, sums: {}, known: new Map() };
  tallies.set(charges, tally);
  return tally;
}

export function sumsOf(charges: readonly Charge[], tally: Tally, weight: Weight): Float64Array {
  const kept = tally.sums[weight];
  if (kept !== undefined) return kept;
  const weigh = WEIGHTS[weight];
  const sums = new Float64Array(charges.length + 1);
  let sum = 0;
  for (let index = 0; index < charges.length; index += 1) {
    const charge = charges[index];
    if (charge !== undefined) sum += weigh(charge);
    sums[index + 1] = sum;
  }
  tally.sums[weight] = sums;
  return sums;
}

/** How many of sorted buckets are not later than this one. */
export function countUpTo(buckets: Float64Array, bucket: number): number {
  let low = 0;
  let high = buckets.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((buckets[middle] ?? 0) <= bucket) low = middle + 1;
    else high = middle;
  }
  return low;
}
