import { admissionFactor, spreadOf } from './admissionFactor.ts';
import { bucketOf, MINUTE_BUCKETS, MINUTE_MS, startOfBucket } from './buckets.ts';
import type { Charge } from './charge.ts';
import { firstIndexAfter } from './charges.ts';
import { newestCountOf } from './newestCount.ts';
import type { DeploymentState } from './poolState.ts';

/** How many deviations of our own are left free: a sum of some charges lies beyond once in 40 times. */
const DEVIATIONS = 2;
/** For other tenants' use: a wider margin costs more time than it saves refusals. */
const OTHERS_DEVIATIONS = 1.5;

/**
 * The tokens of a minute that stay free for what is uncertain: requests sent after the newest count may be charged more than
 * expected, by the spread that was seen, and other tenants may use more than at that count. What was sent before is in the
 * count and needs no margin.
 */
export function marginTokens(state: DeploymentState, ownTokens: number, nowMs: number): number {
  const expected = admissionFactor(state.factor);
  const seen = unsettledOf(state.charges, nowMs);
  const blindMs = Math.min(MINUTE_MS, Math.max(0, nowMs - seen.countedMs));
  const othersTokens = (seen.othersTokens * blindMs) / MINUTE_MS;
  // Several requests of theirs between two answers look like one: none is taken to be larger than ours.
  const othersSize = seen.others === 0 ? 0 : Math.min(seen.othersTokens / seen.others, ownTokens * expected);
  const ownDeviation = expected * spreadOf(state.factor) * Math.sqrt(seen.squares + ownTokens ** 2);
  // What comes of theirs and what leaves the minute are both uncertain.
  const othersMargin = OTHERS_DEVIATIONS * Math.sqrt(2 * othersTokens * othersSize);
  return Math.ceil(Math.hypot(DEVIATIONS * ownDeviation, othersMargin));
}

interface Unsettled {
  /** Sum of the squares of what was sent since the newest count, by our estimate. */
  readonly squares: number;
  /** When the newest request was sent whose count is known. */
  readonly countedMs: number;
  readonly othersTokens: number;
  readonly others: number;
}

const kept = new WeakMap<readonly Charge[], { readonly bucket: number; readonly unsettled: Unsettled }>();

function unsettledOf(charges: readonly Charge[], nowMs: number): Unsettled {
  const bucket = bucketOf(nowMs);
  const known = kept.get(charges);
  if (known !== undefined && known.bucket === bucket) return known.unsettled;
  const newest = newestCountOf(charges);
  let [squares, countedBucket, othersTokens, others] = [0, bucket - MINUTE_BUCKETS, 0, 0];
  for (let index = firstIndexAfter(charges, bucket - MINUTE_BUCKETS); index < charges.length; index += 1) {
    const charge = charges[index];
    if (charge === undefined || charge.bucket > bucket) break;
    if (charge.caller === 'other') {
      othersTokens += charge.tokens;
      others += 1;
      countedBucket = Math.max(countedBucket, charge.bucket);
    } else {
      if (charge.countedTokens !== null) countedBucket = Math.max(countedBucket, charge.bucket);
      if (charge.isExact || newest?.holds(charge)) continue;
      squares += charge.admissionTokens ** 2;
    }
  }
  const unsettled = { squares, countedMs: startOfBucket(countedBucket), othersTokens, others };
  kept.set(charges, { bucket, unsettled });
  return unsettled;
}
