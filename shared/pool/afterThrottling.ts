import { spreadOf, withRefusal } from './admissionFactor.ts';
import { bucketOf, MINUTE_MS, startOfBucket, windowBuckets } from './buckets.ts';
import type { Charge } from './charge.ts';
import { tokensUpTo, withCharge, withoutCharge } from './charges.ts';
import { isCount } from './countsMove.ts';
import type { Booking } from './ledger.ts';
import { requestsInSlice } from './limitsFor.ts';
import { marginTokens } from './margin.ts';
import { withOthersUse } from './othersUse.ts';
import type { Outcome } from './outcome.ts';
import { type DeploymentState, type LoweredLimit, serviceMinuteTokensOf } from './poolState.ts';

/**
 * A deployment after a 429. It is left alone for as long as the hint says. A quota that is full though we thought it was
 * not is used by somebody else, or counted otherwise: what remains of it is kept to, for a minute or until an answer
 * tells more. Where the service says no more than how long to stay away, that is enough.
 *
 * A hint is a promise for the refused request: when its time has come, one as large has room. So one is tried then, and
 * its answer tells about the rest; keeping off the whole minute would waste what the service has said is free. More than
 * a minute is no time of a quota, and promises nothing.
 *
 * A factor below the documented rule ends with it, and is learned anew: it has let in more than the quota holds by the
 * rule, and the counts that it came from may have been wrong.
 */
export function afterThrottling(
  state: DeploymentState,
  booking: Booking,
  ended: { readonly throttled: Extract<Outcome, { kind: 'throttled' }>; readonly nowMs: number },
): DeploymentState {
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
  const isToldAll = throttled.waitMs !== null && remainingTokens === undefined;
  if (throttled.over === 'capacity' || isToldAll) return blocked;
  const minuteTokens = serviceMinuteTokensOf(blocked, nowMs);
  const countedTokens = minuteTokens - (remainingTokens ?? booking.bookedTokens);
  const use = { bucket: bucketOf(nowMs), countedTokens, spread: spreadOf(state.factor), id: `other-${booking.id}` };
  const charges = withOthersUse(blocked.charges, use);
  if (throttled.waitMs === null || !(throttled.waitMs <= MINUTE_MS)) return { ...blocked, charges };
  return { ...blocked, charges: withRoomFor(booking, { ...blocked, charges }, minuteTokens) };
}

/**
 * How long after the hint's time the one that is to try may come: who waits is there at once; a caller over HTTP comes
 * back by whole seconds, up to one later. The longer, the more others are let in beside it, to be refused.
 */
const TRIED_WITHIN_MS = { http: 3_000, backlog: 0, other: 0 } as const;
const HALVINGS = 12;
const SECOND_MS = 1_000;

/** A refused request counts as a request: where a second holds one, the next leaves a second later, whatever the hint. */
function nextRequestMs(booking: Booking, refused: Charge | undefined): number {
  if (refused === undefined || requestsInSlice(booking.deployment.requestsPerMinute, SECOND_MS) > 1) return 0;
  return startOfBucket(refused.bucket + windowBuckets(SECOND_MS));
}

/** What others use as it will stand when the hint is over: no more than leaves the promised room, and the margin beside it. */
function withRoomFor(booking: Booking, state: DeploymentState, minuteTokens: number): readonly Charge[] {
  const { charges, blockedUntilMs } = state;
  const others = charges.find(({ caller }) => caller === 'other');
  if (others === undefined) return charges;
  const bucket = bucketOf(blockedUntilMs);
  const own = withoutCharge(charges, others.id);
  const refused = charges.find(({ id }) => id === booking.id);
  const triedMs =
    Math.max(blockedUntilMs, nextRequestMs(booking, refused)) + TRIED_WITHIN_MS[refused?.caller ?? 'backlog'];
  const withOthers = (tokens: number): readonly Charge[] => withCharge(own, { ...others, bucket, tokens });
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
 * How long a 429 keeps us away. A hint is believed within bounds: a quota's window is one minute, so its wait is 250 ms
 * to 60 s; a lack of capacity may last, so 250 ms to 5 minutes (a service has been seen to send 86,400 s). Without a
 * hint the wait doubles with every 429 in a row: from 5 s (quota, unknown) or 10 s (capacity) up to the same bound.
 */
function blockMs(throttled: Extract<Outcome, { kind: 'throttled' }>, throttledInARow: number): number {
  const { firstMs, mostMs } =
    throttled.over === 'capacity' ? { firstMs: 10_000, mostMs: 300_000 } : { firstMs: 5_000, mostMs: 60_000 };
  const wishedMs = throttled.waitMs ?? firstMs * 2 ** Math.min(10, throttledInARow - 1);
  return Number.isNaN(wishedMs) ? firstMs : Math.min(mostMs, Math.max(LEAST_WAIT_MS, wishedMs));
}

const LEAST_WAIT_MS = 250;

/** How long a lowered limit is taken to hold when no later answer tells otherwise. */
const LOWERED_MS = 10 * 60_000;

/**
 * The lowered limit after an answer: a service may work with less than the quota for hours, and says so only in
 * `x-ratelimit-limit-tokens`. An answer without the header leaves it as it was, and so does a lower limit that nothing
 * supports: neither a 429 nor counts that move with what is charged. One with the full quota ends it.
 */
export function loweredLimitAfter(
  lowered: LoweredLimit | null,
  told: {
    readonly limitTokens: number | undefined;
    readonly tokensPerMinute: number;
    readonly nowMs: number;
    readonly isBelieved: boolean;
  },
): LoweredLimit | null {
  const { limitTokens, tokensPerMinute } = told;
  if (limitTokens === undefined || !isCount(limitTokens) || limitTokens === 0) return lowered;
  if (limitTokens >= tokensPerMinute) return null;
  return told.isBelieved ? { tokensPerMinute: limitTokens, untilMs: told.nowMs + LOWERED_MS } : lowered;
}
