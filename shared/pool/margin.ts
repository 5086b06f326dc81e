import { admissionFactor, spreadOf } from './admissionFactor.ts';
import { bucketOf, MINUTE_BUCKETS, MINUTE_MS, startOfBucket } from './buckets.ts';
import type { Charge } from './charge.ts';
import { firstIndexAfter } from './charges.ts';
import { newestCountOf } from './newestCount.ts';
import type { DeploymentState } from './poolState.ts';

/** How many deviations of our own are left free: a sum of some charges lies beyond once in 40 times. */
const DEVIATIONS = 2;
/** And of somebody else's use, of which less is known: more would cost more time than it saves refusals. */
const OTHERS_DEVIATIONS = 1.5;

/**
 * What is left free of a minute for what is not known now: requests that left after the newest one of which the service
 * has told are charged a little more or less than expected, by the spread that was seen; and somebody else uses a little
 * more or less of the quota than the last answer told. What was sent before is in the count that was told, and needs none.
 */
export function marginTokens(state: DeploymentState, ownTokens: number, nowMs: number): number {
  const expected = admissionFactor(state.factor);
  const seen = unsettledOf(state.charges, nowMs);
  const blindMs = Math.min(MINUTE_MS, Math.max(0, nowMs - seen.toldMs));
  const othersTokens = (seen.othersTokens * blindMs) / MINUTE_MS;
  // Several requests of theirs between two answers look like one: none is taken to be larger than ours.
  const othersSize = seen.others === 0 ? 0 : Math.min(seen.othersTokens / seen.others, ownTokens * expected);
  const ownDeviation = expected * spreadOf(state.factor) * Math.sqrt(seen.squares + ownTokens ** 2);
  // What comes of theirs and what leaves the minute are both uncertain.
  const othersMargin = OTHERS_DEVIATIONS * Math.sqrt(2 * othersTokens * othersSize);
  return Math.ceil(Math.hypot(DEVIATIONS * ownDeviation, othersMargin));
}

interface Unsettled {
  /** Sum of the squares of what left since the service told, by our estimate. */
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
  const newest = newestCountOf(charges);
  let [squares, toldBucket, othersTokens, others] = [0, bucket - MINUTE_BUCKETS, 0, 0];
  for (let index = firstIndexAfter(charges, bucket - MINUTE_BUCKETS); index < charges.length; index += 1) {
    const charge = charges[index];
    if (charge === undefined || charge.bucket > bucket) break;
    if (charge.caller === 'other') {
      othersTokens += charge.tokens;
      others += 1;
      toldBucket = Math.max(toldBucket, charge.bucket);
    } else {
      if (charge.countedTokens !== null) toldBucket = Math.max(toldBucket, charge.bucket);
      if (charge.isExact || newest?.holds(charge)) continue;
      squares += charge.admissionTokens ** 2;
    }
  }
  const unsettled = { squares, toldMs: startOfBucket(toldBucket), othersTokens, others };
  kept.set(charges, { bucket, unsettled });
  return unsettled;
}
