import { firstIndexAfter } from './charges.ts';
import type { Charge } from './poolState.ts';

/** One limit, as seen by one that wants in: no window may already hold more than `room`. */
export interface Limit {
  readonly windowBuckets: number;
  readonly room: number;
  readonly weigh: (charge: Charge) => number;
}

/** No bucket fits. */
export const NEVER = Number.POSITIVE_INFINITY;

/**
 * The first bucket from `fromBucket` to `untilBucket` at which every window that contains it has room, else `NEVER`.
 * Windows are judged with what is booked after the bucket as well as before it. One pass over the charges.
 */
export function firstFit(
  charges: readonly Charge[],
  limit: Limit,
  range: { readonly fromBucket: number; readonly untilBucket: number },
): number {
  const { windowBuckets, room, weigh } = limit;
  if (room < 0) return NEVER;
  let candidate = range.fromBucket;
  let low = firstIndexAfter(charges, candidate - windowBuckets);
  let next = low;
  let weight = 0;
  while (candidate <= range.untilBucket) {
    // The window that ends at the candidate.
    for (let charge = charges[next]; charge !== undefined && charge.bucket <= candidate; charge = charges[next]) {
      weight += weigh(charge);
      next += 1;
    }
    for (
      let charge = charges[low];
      charge !== undefined && charge.bucket <= candidate - windowBuckets;
      charge = charges[low]
    ) {
      weight -= weigh(charge);
      low += 1;
    }
    const oldest = charges[low];
    if (weight > room && oldest !== undefined) {
      candidate = oldest.bucket + windowBuckets;
      continue;
    }
    // Windows that end at a later charge and still hold the candidate.
    let laterLow = low;
    let laterNext = next;
    let laterWeight = weight;
    let fullAt = NEVER;
    for (
      let charge = charges[laterNext];
      charge !== undefined && charge.bucket < candidate + windowBuckets;
      charge = charges[laterNext]
    ) {
      laterWeight += weigh(charge);
      laterNext += 1;
      for (
        let old = charges[laterLow];
        old !== undefined && old.bucket <= charge.bucket - windowBuckets;
        old = charges[laterLow]
      ) {
        laterWeight -= weigh(old);
        laterLow += 1;
      }
      if (laterWeight > room) {
        fullAt = charge.bucket;
        break;
      }
    }
    if (fullAt === NEVER) return candidate;
    candidate = fullAt + 1;
    low = laterLow;
    next = laterNext;
    weight = laterWeight;
  }
  return NEVER;
}

/** The first bucket in the range at which all limits have room. */
export function firstFitOfAll(
  charges: readonly Charge[],
  limits: readonly Limit[],
  range: { readonly fromBucket: number; readonly untilBucket: number },
): number {
  let candidate = range.fromBucket;
  let agreed = 0;
  for (let index = 0; agreed < limits.length; index = (index + 1) % limits.length) {
    const limit = limits[index];
    if (limit === undefined) break;
    const found = firstFit(charges, limit, { fromBucket: candidate, untilBucket: range.untilBucket });
    if (found === NEVER) return NEVER;
    agreed = found === candidate ? agreed + 1 : 1;
    candidate = found;
  }
  return candidate <= range.untilBucket ? candidate : NEVER;
}
