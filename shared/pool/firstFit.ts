import type { Charge } from './charge.ts';
import { countUpTo, sumsOf, tallyOf, type Weight } from './tally.ts';

/** A limit for a new request: no window may already hold more than `room`. */
export interface Limit {
  readonly weight: Weight;
  readonly windowBuckets: number;
  readonly room: number;
}

interface BucketRange {
  readonly fromBucket: number;
  readonly untilBucket: number;
}

/** No bucket fits. */
export const NEVER = Number.POSITIVE_INFINITY;

/**
 * The first bucket of the range at which every window that contains it has room, else `NEVER`. Windows are judged with
 * what is booked after the bucket as well as before it.
 */
export function firstFit(charges: readonly Charge[], limit: Limit, range: BucketRange): number {
  const { fromBucket, untilBucket } = range;
  if (limit.room < 0 || fromBucket > untilBucket) return NEVER;
  const lastBucket = charges[charges.length - 1]?.bucket ?? Number.NEGATIVE_INFINITY;
  if (lastBucket <= fromBucket - limit.windowBuckets) return fromBucket;
  const tally = tallyOf(charges);
  const sums = sumsOf(charges, tally, limit.weight);
  if ((sums[charges.length] ?? 0) <= limit.room) return fromBucket;

  // A search with the room rounded up ends no later, so its result is where this search and later ones can begin.
  const roundedRoom = roundedRoomOf(limit);
  const from = knownFloor(charges, limit, fromBucket);
  if (from > untilBucket) return NEVER;
  const search = { buckets: tally.buckets, sums, windowBuckets: limit.windowBuckets };
  const rounded = firstRoom(search, roundedRoom, { fromBucket: from, untilBucket });
  if (rounded > from) tally.known.set(keyOf(limit), { fromBucket, bucket: rounded });
  const found =
    roundedRoom === limit.room ? rounded : firstRoom(search, limit.room, { fromBucket: rounded, untilBucket });
  return found <= untilBucket ? found : NEVER;
}

/** The bucket up to which an earlier search of the same charges is known to have found no room. */
function knownFloor(charges: readonly Charge[], limit: Limit, fromBucket: number): number {
  const known = tallyOf(charges).known.get(keyOf(limit));
  return known !== undefined && known.fromBucket <= fromBucket ? Math.max(fromBucket, known.bucket) : fromBucket;
}

function roundedRoomOf(limit: Limit): number {
  const isTokens = limit.weight === 'tokens' || limit.weight === 'backlogTokens';
  return isTokens ? Math.ceil(limit.room / ROOM_STEP) * ROOM_STEP : limit.room;
}

function keyOf(limit: Limit): number {
  return roundedRoomOf(limit) * KEYS + limit.windowBuckets * 4 + WEIGHT_KEY[limit.weight];
}

/** Rooms are rounded up to multiples of this many tokens where a search's result is kept. */
const ROOM_STEP = 512;
/** More than any window's buckets times the four weights. */
const KEYS = 1_024;
const WEIGHT_KEY: Readonly<Record<Weight, number>> = { tokens: 0, requests: 1, backlogTokens: 2, backlogRequests: 3 };

interface Search {
  readonly buckets: Float64Array;
  readonly sums: Float64Array;
  readonly windowBuckets: number;
}

/** The first bucket with room; once it lies beyond the range, any bucket up to which there is none. One pass. */
function firstRoom(search: Search, room: number, range: BucketRange): number {
  const { buckets, sums, windowBuckets } = search;
  const count = buckets.length;
  const weightOf = (low: number, next: number): number => (sums[next] ?? 0) - (sums[low] ?? 0);
  let candidate = range.fromBucket;
  let low = countUpTo(buckets, candidate - windowBuckets);
  let next = countUpTo(buckets, candidate);
  while (candidate <= range.untilBucket) {
    while (next < count && (buckets[next] ?? 0) <= candidate) next += 1;
    while (low < next && (buckets[low] ?? 0) <= candidate - windowBuckets) low += 1;
    if (weightOf(low, next) > room) {
      // The window that ends here is full: wait until its oldest charge has left it.
      candidate = (buckets[low] ?? 0) + windowBuckets;
      continue;
    }
    let laterLow = low;
    let later = next;
    while (later < count && (buckets[later] ?? 0) < candidate + windowBuckets) {
      const bucket = buckets[later] ?? 0;
      while ((buckets[laterLow] ?? 0) <= bucket - windowBuckets) laterLow += 1;
      if (weightOf(laterLow, later + 1) > room) break;
      later += 1;
    }
    if (later === count || (buckets[later] ?? 0) >= candidate + windowBuckets) return candidate;
    // A window that ends at a later charge and holds this bucket is full: go on behind that charge.
    candidate = (buckets[later] ?? 0) + 1;
    low = laterLow;
  }
  return candidate;
}

/** The first bucket of the range at which all limits have room, else `NEVER`. */
export function firstFitOfAll(charges: readonly Charge[], limits: readonly Limit[], range: BucketRange): number {
  let candidate = range.fromBucket;
  for (const limit of limits) candidate = knownFloor(charges, limit, candidate);
  if (candidate > range.untilBucket) return NEVER;
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
