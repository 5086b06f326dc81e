import { bucketOf } from './buckets.ts';
import { withCharge, withoutCharge } from './charges.ts';
import type { Outcome } from './outcome.ts';
import type { Charge } from './poolState.ts';

/**
 * What a request's place counts for once it has ended. Refused requests keep counting as requests (the service counts
 * them), but take no tokens; of requests that never arrived nothing counts; everything else keeps what was booked, for
 * the service may have charged it. A request that left more than a bucket late counts from when it left.
 */
export function chargesAfter(
  charges: readonly Charge[],
  ended: { readonly bookingId: string; readonly outcome: Outcome; readonly sentMs: number },
): readonly Charge[] {
  const charge = charges.find(({ id }) => id === ended.bookingId);
  if (charge === undefined) return charges;
  const others = withoutCharge(charges, charge.id);
  if (neverArrived(ended.outcome)) return others;
  const sentBucket = bucketOf(ended.sentMs);
  return withCharge(others, {
    ...charge,
    bucket: sentBucket > charge.bucket + 1 ? sentBucket : charge.bucket,
    tokens: tookNoTokens(ended.outcome) ? 0 : charge.tokens,
    admissionTokens: tookNoTokens(ended.outcome) ? 0 : charge.admissionTokens,
    isExact: tookNoTokens(ended.outcome),
  });
}

function neverArrived(outcome: Outcome): boolean {
  return outcome.kind === 'refused' && ['unreachable', 'no-token', 'aborted'].includes(outcome.reason);
}

/** A 400 comes after the request was let in, and counts against the quota. */
const WAS_ADMITTED: ReadonlySet<string> = new Set(['bad-request', 'bad-image', 'unclear', 'misconfigured']);

function tookNoTokens(outcome: Outcome): boolean {
  return outcome.kind === 'throttled' || (outcome.kind === 'refused' && !WAS_ADMITTED.has(outcome.reason));
}
