import { admissionFactor, spreadOf } from './admissionFactor.ts';
import { bucketOf, MINUTE_BUCKETS, MINUTE_MS, startOfBucket } from './buckets.ts';
import { firstIndexAfter } from './charges.ts';
import type { Charge, DeploymentState } from './poolState.ts';

/** How many deviations are left free: a normal deviate lies beyond once in 15 times, a sum of a few even ones less often. */
const DEVIATIONS = 1.5;

/**
 * What is left free of a minute for what is not known now: requests on their way are charged a little more or less than
 * expected, by the spread that was seen; and somebody else uses a little more or less of the quota than the last answer
 * told. What has been answered is known, and needs none.
 */
export function marginTokens(state: DeploymentState, ownTokens: number, nowMs: number): number {
  const expected = admissionFactor(state.factor);
  const deviation = expected * spreadOf(state.factor);
  const seen = unsettledOf(state.charges, nowMs);
  const blindMs = Math.min(MINUTE_MS, Math.max(0, nowMs - seen.toldMs));
  const othersTokens = (seen.othersTokens * blindMs) / MINUTE_MS;
  // Several requests of theirs between two answers look like one: none is taken to be larger than ours.
  const othersSize = seen.others === 0 ? 0 : Math.min(seen.othersTokens / seen.others, ownTokens * expected);
  // What comes of theirs and what leaves the minute are both uncertain.
  const variance = deviation ** 2 * (seen.squares + ownTokens ** 2) + 2 * othersTokens * othersSize;
  return Math.ceil(DEVIATIONS * Math.sqrt(variance));
}

interface Unsettled {
  /** Sum of the squares of what is on its way, by our estimate. */
  readonly squares: number;
  /** When the newest request left of which the service has told. */
  readonly toldMs: number;
  readonly othersTokens: number;
  readonly others: number;
}

const kept = new WeakMap<readonly Charge[], { readonly bucket: number; readonly unsettled: Unsettled }>();

function unsettledOf(charges: readonly Charge[], nowMs: number): Unsettled {
  const bucket = bucketOf(nowMs);
  const known = kept.get(charges);
  if (known !== undefined && known.bucket === bucket) return known.unsettled;
  let [squares, toldBucket, othersTokens, others] = [0, bucket - MINUTE_BUCKETS, 0, 0];
  for (let index = firstIndexAfter(charges, bucket - MINUTE_BUCKETS); index < charges.length; index += 1) {
    const charge = charges[index];
    if (charge === undefined || charge.bucket > bucket) break;
    if (charge.caller === 'other') {
      othersTokens += charge.tokens;
      others += 1;
      toldBucket = Math.max(toldBucket, charge.bucket);
    } else {
      if (!charge.isExact) squares += charge.admissionTokens ** 2;
      if (charge.countedTokens !== null) toldBucket = Math.max(toldBucket, charge.bucket);
    }
  }
  const unsettled = { squares, toldMs: startOfBucket(toldBucket), othersTokens, others };
  kept.set(charges, { bucket, unsettled });
  return unsettled;
}
