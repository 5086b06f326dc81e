import { bookingFactor } from './admissionFactor.ts';
import { BUCKET_MS, bucketOf } from './buckets.ts';
import { tokensUpTo } from './charges.ts';
import { firstFitOfAll, NEVER } from './firstFit.ts';
import type { Caller } from './ledger.ts';
import { backlogLimitsFor, limitsFor } from './limitsFor.ts';
import { marginTokens } from './margin.ts';
import { type DeploymentState, minuteTokensOf, type PoolState, serviceMinuteTokensOf } from './poolState.ts';

/** Where and when one candidate could start. */
export interface Start {
  readonly candidate: DeploymentState;
  readonly bucket: number;
  readonly tokens: number;
}

interface Wanted {
  readonly admissionTokens: number;
  readonly caller: Caller;
  /** Not before this. */
  readonly fromMs: number;
}

interface At {
  readonly nowMs: number;
  /** Starts further ahead are ignored; absent: the horizon. */
  readonly withinMs?: number;
  readonly pool: PoolState;
}

/** The soonest start within the horizon; of equal ones the lower priority number, then the largest free share, then the name. */
export function soonestStart(candidates: readonly DeploymentState[], wanted: Wanted, at: At): Start | undefined {
  let best: Start | undefined;
  const horizonBucket = bucketOf(at.nowMs + (at.withinMs ?? HORIZON_MS));
  for (const candidate of candidates) {
    const start = startOn(candidate, wanted, { ...at, untilBucket: lastUsefulBucket(candidate, best, horizonBucket) });
    if (start !== undefined) best = start;
  }
  return best;
}

/** A start at the same moment as the best so far counts only for a deployment that is preferred to it. */
function lastUsefulBucket(candidate: DeploymentState, best: Start | undefined, horizonBucket: number): number {
  if (best === undefined) return horizonBucket;
  const [left, right] = [candidate.deployment, best.candidate.deployment];
  if (left.priority !== right.priority) return left.priority < right.priority ? best.bucket : best.bucket - 1;
  const shareGap = freeShareAt(candidate, best.bucket) - freeShareAt(best.candidate, best.bucket);
  const isPreferred = shareGap === 0 ? left.name < right.name : shareGap > 0;
  return isPreferred ? best.bucket : best.bucket - 1;
}

/** The free part of the minute that ends at a bucket. */
export function freeShareAt({ deployment, charges }: DeploymentState, bucket: number): number {
  return 1 - tokensUpTo(charges, bucket) / deployment.tokensPerMinute;
}

function startOn(state: DeploymentState, wanted: Wanted, at: At & { readonly untilBucket: number }): Start | undefined {
  const { deployment } = state;
  const { nowMs, pool } = at;
  const ownTokens = minuteTokensOf(state, nowMs);
  const serviceTokens = serviceMinuteTokensOf(state, nowMs);
  const isTooLowered = wanted.admissionTokens > serviceTokens;
  const isLarger = wanted.admissionTokens > ownTokens;
  const loweredUntilMs = isTooLowered ? (state.lowered?.untilMs ?? 0) : 0;
  const fitsFromMs = isLarger ? Math.max(loweredUntilMs, state.share?.largerFromMs ?? 0) : 0;
  const fromMs = Math.max(wanted.fromMs, state.blockedUntilMs, fitsFromMs);
  const range = {
    fromBucket: fromMs > nowMs ? Math.ceil(fromMs / BUCKET_MS) : bucketOf(nowMs),
    untilBucket: at.untilBucket,
  };
  if (range.fromBucket > range.untilBucket) return undefined;
  const largerTokens = isTooLowered ? deployment.tokensPerMinute : serviceTokens;
  const minuteTokens = isLarger ? largerTokens : ownTokens;
  const tokens = Math.min(minuteTokens, Math.ceil(wanted.admissionTokens * bookingFactor(state.factor)));
  const safeTokens = Math.max(tokens, minuteTokens - marginTokens(state, wanted.admissionTokens, nowMs));
  const limits = limitsFor(deployment, { tokens, minuteTokens: safeTokens, hasAnswered: state.answered > 0 });
  const found = (bucket: number): Start | undefined =>
    bucket === NEVER ? undefined : { candidate: state, bucket, tokens };
  if (wanted.caller === 'http') return found(firstFitOfAll(state.charges, limits, range));

  const own = backlogLimitsFor(deployment, { tokens, minuteTokens: safeTokens, httpShare: pool.httpShare });
  const ownBucket = firstFitOfAll(state.charges, [...own, ...limits], range);
  if (nowMs - pool.lastHttpMs <= HTTP_QUIET_MS || ownBucket === range.fromBucket) return found(ownBucket);
  const untilBucket = Math.min(range.untilBucket, bucketOf(nowMs + BORROW_AHEAD_MS), ownBucket);
  const borrowedBucket = firstFitOfAll(state.charges, limits, { ...range, untilBucket });
  return found(Math.min(ownBucket, borrowedBucket));
}

/** Queue positions are kept for starts up to this far ahead. */
export const HORIZON_MS = 2 * 60_000;
/** The backlog leaves the HTTP share alone for this long after an HTTP caller. */
const HTTP_QUIET_MS = 60_000;
/** The backlog borrows of the HTTP share only for starts this soon, so that the share is whole again a minute later. */
export const BORROW_AHEAD_MS = 5_000;
