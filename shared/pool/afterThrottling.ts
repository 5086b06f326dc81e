import { spreadOf, withRefusal } from './admissionFactor.ts';
import { bucketOf, MINUTE_MS, startOfBucket, windowBuckets } from './buckets.ts';
import type { Charge } from './charge.ts';
import { chargeOf, tokensUpTo, withCharge } from './charges.ts';
import { isCount } from './countsMove.ts';
import { jointCharges } from './jointCharges.ts';
import type { Booking } from './ledger.ts';
import { requestsInSlice } from './limitsFor.ts';
import { marginTokens } from './margin.ts';
import { othersCharge, withOthersUse } from './othersUse.ts';
import type { Outcome } from './outcome.ts';
import { type DeploymentState, type LoweredLimit, serviceMinuteTokensOf } from './poolState.ts';

/**
 * A deployment after a 429. It is left alone for the time of its `Retry-After`. If we thought that there was room, other
 * tenants use the quota, or it is counted differently: the remaining tokens that the 429 names hold for a minute, or until the
 * next answer. A 429 that names only a wait changes no counts.
 *
 * The wait is a promise: after it, a request of the refused size has room. So one is tried then, and its answer shows the rest.
 * Staying away for the whole minute would waste what the service says is free. A wait of more than a minute is not about a
 * quota and promises nothing.
 *
 * If its limit says that the quota is shared, all members are left alone until then: each would be refused.
 *
 * A factor below 1 ends with a 429 and is learned again: it has let in more than the documented rule allows.
 */
export function afterThrottling(
  state: DeploymentState,
  booking: Booking,
  ended: {
    readonly throttled: Extract<Outcome, { kind: 'throttled' }>;
    /** The other deployments of the quota that the 429 is about. */
    readonly members: readonly DeploymentState[];
    readonly nowMs: number;
  },
): readonly DeploymentState[] {
  const { throttled, nowMs } = ended;
  const { tokensPerMinute } = booking.deployment;
  const { limitTokens, remainingTokens: hinted = -1 } = throttled.hints;
  const remainingTokens = isCount(hinted) ? hinted : undefined;
  const isBelieved = throttled.over !== 'capacity';
  const lowered = loweredLimitAfter(state.lowered, { limitTokens, tokensPerMinute, nowMs, isBelieved });
  const throttledInARow = state.throttledInARow + 1;
  const blocked: DeploymentState = {
    ...state,
    lowered,
    factor: isBelieved ? withRefusal(state.factor) : state.factor,
    throttledInARow,
    throttled: state.throttled + 1,
    blockedUntilMs: Math.max(state.blockedUntilMs, nowMs + blockMs(throttled, throttledInARow)),
  };
  const members = ended.members.map((one) => ({
    ...one,
    blockedUntilMs: Math.max(one.blockedUntilMs, blocked.blockedUntilMs),
  }));
  const hasOnlyWait = throttled.waitMs !== null && remainingTokens === undefined;
  if (throttled.over === 'capacity' || hasOnlyWait) return [blocked, ...members];
  const joint = jointCharges(blocked, members, limitTokens);
  const quotaTokens = [blocked, ...members].reduce((sum, one) => sum + serviceMinuteTokensOf(one, nowMs), 0);
  const countedTokens = quotaTokens - (remainingTokens ?? booking.bookedTokens);
  const use = { bucket: bucketOf(nowMs), countedTokens, spread: spreadOf(state.factor) };
  const [own = blocked, ...others] = joint.apart(withOthersUse(joint.charges, use));
  if (throttled.waitMs === null || !(throttled.waitMs <= MINUTE_MS)) return [own, ...others];
  return [{ ...own, charges: withRoomFor(booking, own, serviceMinuteTokensOf(own, nowMs)) }, ...others];
}

/**
 * How long after the wait the trial request may come: waiting work is there at once, an HTTP caller returns after whole
 * seconds. A longer time lets in more requests beside it, which would be refused.
 */
const TRIED_WITHIN_MS = { http: 3_000, backlog: 0 } as const;
const HALVINGS = 12;
const SECOND_MS = 1_000;

/** A refused request counts as a request: where a second holds only one, the next must leave a second later. */
function nextRequestMs(booking: Booking, refused: Charge | undefined): number {
  if (refused === undefined || requestsInSlice(booking.deployment.requestsPerMinute, SECOND_MS) > 1) return 0;
  return startOfBucket(refused.bucket + windowBuckets(SECOND_MS));
}

/** Other tenants' use at the end of the wait: reduced so that the promised room and the margin beside it are free. */
function withRoomFor(booking: Booking, state: DeploymentState, minuteTokens: number): readonly Charge[] {
  const { charges, blockedUntilMs } = state;
  const others = charges.find(({ caller }) => caller === 'other');
  if (others === undefined) return charges;
  const bucket = bucketOf(blockedUntilMs);
  const own = charges.filter((charge) => charge !== others);
  const refused = chargeOf(charges, booking.id);
  const triedMs =
    Math.max(blockedUntilMs, nextRequestMs(booking, refused)) + TRIED_WITHIN_MS[refused?.caller ?? 'backlog'];
  const withOthers = (tokens: number): readonly Charge[] => withCharge(own, othersCharge(bucket, tokens));
  const roomTokens = minuteTokens - booking.bookedTokens - tokensUpTo(own, bucket);
  const hasRoom = (tokens: number): boolean => {
    const then = { ...state, charges: withOthers(tokens) };
    return tokens + marginTokens(then, booking.admissionTokens, triedMs) <= roomTokens;
  };
  if (hasRoom(others.tokens)) return withOthers(others.tokens);
  let [least, most] = [0, others.tokens];
  for (let halving = 0; halving < HALVINGS; halving += 1) {
    const middle = Math.floor((least + most) / 2);
    if (hasRoom(middle)) least = middle;
    else most = middle;
  }
  return withOthers(least);
}

/**
 * How long a deployment is left alone after a 429. `Retry-After` counts within bounds: 250 ms to 60 s for a quota, whose window
 * is a minute, and to 5 minutes for a lack of capacity (a service has been seen to send 86,400 s). Without it, exponential
 * backoff: from 5 s (quota, unknown) or 10 s (capacity), doubled with every 429 in a row, up to the same bound.
 */
function blockMs(throttled: Extract<Outcome, { kind: 'throttled' }>, throttledInARow: number): number {
  const { firstMs, mostMs } =
    throttled.over === 'capacity' ? { firstMs: 10_000, mostMs: 300_000 } : { firstMs: 5_000, mostMs: 60_000 };
  const wishedMs = throttled.waitMs ?? firstMs * 2 ** Math.min(10, throttledInARow - 1);
  return Number.isNaN(wishedMs) ? firstMs : Math.min(mostMs, Math.max(LEAST_WAIT_MS, wishedMs));
}

const LEAST_WAIT_MS = 250;

/** How long a lowered limit holds without a newer one. */
const LOWERED_MS = 10 * 60_000;

/**
 * The lowered limit after an answer: a service may work with less than the quota for hours, and says so only in
 * `x-ratelimit-limit-tokens`. Without the header nothing changes, nor by a lower limit that neither a 429 nor moving counts
 * support. A header with the full quota ends it.
 */
export function loweredLimitAfter(
  lowered: LoweredLimit | null,
  seen: {
    readonly limitTokens: number | undefined;
    readonly tokensPerMinute: number;
    readonly nowMs: number;
    readonly isBelieved: boolean;
  },
): LoweredLimit | null {
  const { limitTokens, tokensPerMinute } = seen;
  if (limitTokens === undefined || !isCount(limitTokens) || limitTokens === 0) return lowered;
  if (limitTokens >= tokensPerMinute) return null;
  return seen.isBelieved ? { tokensPerMinute: limitTokens, untilMs: seen.nowMs + LOWERED_MS } : lowered;
}
