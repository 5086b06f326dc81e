/**
 * Time on a deployment is counted in quarter seconds. A request booked in a bucket may leave at any moment of it, so a
 * window spans one bucket more than its length: two requests closer than 60 s never fall in different windows. That
 * costs 0.4 % of a minute (whole seconds would cost 1.6 %), and holds whether the service's window slides or is reset.
 */
export const BUCKET_MS = 250;

/** The bucket of an instant (epoch milliseconds). `bucketOf(1_000)` is 4. */
export function bucketOf(atMs: number): number {
  return Math.floor(atMs / BUCKET_MS);
}

/** The first instant of a bucket. `startOfBucket(4)` is 1,000. */
export function startOfBucket(bucket: number): number {
  return bucket * BUCKET_MS;
}

/** How many buckets in a row may hold requests of one window. `windowBuckets(60_000)` is 241. */
export function windowBuckets(spanMs: number): number {
  return Math.ceil(spanMs / BUCKET_MS) + 1;
}

export const MINUTE_MS = 60_000;
export const MINUTE_BUCKETS = windowBuckets(MINUTE_MS);
