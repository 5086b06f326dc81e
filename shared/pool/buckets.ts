/**
 * Time on a deployment is counted in tenths of a second. A request booked in a bucket may leave at any moment of it, and
 * arrives some hundredths of a second later, so a window spans two buckets more than its length: two requests that arrive
 * within 60 s never fall in different windows. That costs 0.3 % of a minute (whole seconds would cost 3 %), and holds
 * whether the service's window slides or is reset.
 */
export const BUCKET_MS = 100;

/** The bucket of an instant (epoch milliseconds). `bucketOf(1_000)` is 10. */
export function bucketOf(atMs: number): number {
  return Math.floor(atMs / BUCKET_MS);
}

/** The first instant of a bucket. `startOfBucket(10)` is 1,000. */
export function startOfBucket(bucket: number): number {
  return bucket * BUCKET_MS;
}

/** How many buckets in a row may hold requests of one window. `windowBuckets(60_000)` is 602. */
export function windowBuckets(spanMs: number): number {
  return Math.ceil(spanMs / BUCKET_MS) + 2;
}

export const MINUTE_MS = 60_000;
/** Buckets between two that are a minute apart. */
export const BUCKETS_OF_A_MINUTE = MINUTE_MS / BUCKET_MS;
export const MINUTE_BUCKETS = windowBuckets(MINUTE_MS);
