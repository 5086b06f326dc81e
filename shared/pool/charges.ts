import { bucketOf, MINUTE_BUCKETS } from './buckets.ts';
import type { BookedCharge, Charge } from './charge.ts';
import type { Outcome } from './outcome.ts';
import { countUpTo, sumsOf, tallyOf } from './tally.ts';

/** Index of the first charge in a later bucket than this one. */
export function firstIndexAfter(charges: readonly Charge[], bucket: number): number {
  let low = 0;
  let high = charges.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const charge = charges[middle];
    if (charge !== undefined && charge.bucket <= bucket) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The charges of the last two minutes: the second is needed to read counts of requests that were on their way. */
export function withoutOld(charges: readonly Charge[], nowMs: number): readonly Charge[] {
  const kept = firstIndexAfter(charges, bucketOf(nowMs) - 2 * MINUTE_BUCKETS);
  return kept === 0 ? charges : charges.slice(kept);
}

export function withCharge(charges: readonly Charge[], charge: Charge): readonly Charge[] {
  return charges.toSpliced(firstIndexAfter(charges, charge.bucket), 0, charge);
}

export function withoutCharge(charges: readonly Charge[], id: string): readonly Charge[] {
  return charges.filter((charge) => charge.id !== id);
}

/** The charge of a booking; undefined once it is not known any more. */
export function chargeOf(charges: readonly Charge[], bookingId: string): BookedCharge | undefined {
  return charges.find((charge): charge is BookedCharge => charge.id === bookingId);
}

/** Tokens in the minute that ends with a bucket. */
export function tokensUpTo(charges: readonly Charge[], bucket: number): number {
  const last = charges[charges.length - 1];
  if (last === undefined || last.bucket <= bucket - MINUTE_BUCKETS) return 0;
  const tally = tallyOf(charges);
  const sums = sumsOf(charges, tally, 'tokens');
  const low = sums[countUpTo(tally.buckets, bucket - MINUTE_BUCKETS)] ?? 0;
  return (sums[countUpTo(tally.buckets, bucket)] ?? 0) - low;
}

/**
 * The charges once a request has ended. A refused request still counts as a request, as it does for the service, but takes no
 * tokens. One that never arrived counts nothing. Any other keeps what was booked, since the service may have charged it. A request
 * that left more than a bucket late counts from when it left.
 */
export function chargesAfter(
  charges: readonly Charge[],
  ended: { readonly bookingId: string; readonly outcome: Outcome; readonly sentMs: number },
): readonly Charge[] {
  const charge = chargeOf(charges, ended.bookingId);
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

/** A 400 is answered after admission, and counts against the quota. */
const WAS_ADMITTED: ReadonlySet<string> = new Set(['bad-request', 'bad-image', 'unclear', 'misconfigured']);

function tookNoTokens(outcome: Outcome): boolean {
  return outcome.kind === 'throttled' || (outcome.kind === 'refused' && !WAS_ADMITTED.has(outcome.reason));
}
