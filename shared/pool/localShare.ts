import { withRefusal } from './admissionFactor.ts';
import { bucketOf, MINUTE_MS, startOfBucket } from './buckets.ts';
import type { Charge } from './charge.ts';
import { chargeOf, withCharge } from './charges.ts';
import { othersCharge } from './othersUse.ts';
import {
  type DeploymentState,
  type LoweredLimit,
  type PoolState,
  serviceMinuteTokensOf,
  withState,
} from './poolState.ts';

/**
 * What a process goes on with while the shared state is unavailable: its part of what is in use, and no queue positions. If
 * every process keeps to its part, together they stay within the quota.
 *
 * @param part 0 to 1
 */
export function localShareOf(pool: PoolState, part: number): PoolState {
  const states = pool.states.map((state) => ({
    ...state,
    charges: state.charges.map(
      (charge): Charge => ({
        ...charge,
        tokens: charge.tokens * part,
        isExact: true,
        countedTokens: null,
      }),
    ),
  }));
  return { ...pool, states, line: [], lineEndMs: 0 };
}

/** A request that is larger than the share waits this long for its first start. */
const LARGER_AFTER_MS = 60_000;

/**
 * The pool with this part of what the service admits: of the quota, or of a lowered limit. A request that is larger than the
 * part starts as often as the part makes up for it: a tenth of 10,000 tokens a minute is less than any image.
 */
export function keptToShare(pool: PoolState, share: { readonly part: number; readonly nowMs: number }): PoolState {
  const { part, nowMs } = share;
  const states = pool.states.map((state) => {
    const tokensPerMinute = Math.floor(serviceMinuteTokensOf(state, nowMs) * part);
    const madeUpForMs = state.charges.map(({ bucket, tokens }) =>
      tokens > tokensPerMinute ? startOfBucket(bucket) + (tokens / Math.max(1, tokensPerMinute)) * MINUTE_MS : 0,
    );
    const largerFromMs = Math.max(state.share?.largerFromMs ?? nowMs + LARGER_AFTER_MS, ...madeUpForMs);
    return { ...state, share: { tokensPerMinute, largerFromMs } };
  });
  return { ...pool, states };
}

/** What a process did while the shared state was unavailable. */
export interface LocalWork {
  /** The state that it began with. */
  readonly began: PoolState;
  readonly pool: PoolState;
  /** The bookings that it started. */
  readonly startedIds: ReadonlySet<string>;
}

/**
 * The shared state with what a process did meanwhile: its starts, and what keeps requests off deployments (429s, lowered limits,
 * open circuits). What its answers taught beyond that is learned again.
 */
export function withLocalWork(pool: PoolState, work: LocalWork): PoolState {
  let merged = pool;
  work.pool.states.forEach((local, index) => {
    const [own, began] = [merged.states[index], work.began.states[index]];
    if (own === undefined || began === undefined) return;
    merged = withState(merged, withKeptOff(withStarts(own, local, work.startedIds), local, began));
  });
  return merged;
}

function withStarts(own: DeploymentState, local: DeploymentState, startedIds: ReadonlySet<string>): DeploymentState {
  let { charges } = own;
  for (const charge of local.charges) {
    if (charge.id === null || !startedIds.has(charge.id) || chargeOf(charges, charge.id)) continue;
    charges = withCharge(charges, charge);
  }
  return charges === own.charges ? own : { ...own, charges };
}

function withKeptOff(own: DeploymentState, local: DeploymentState, began: DeploymentState): DeploymentState {
  const throttled = local.throttled - began.throttled;
  const answered = local.answered - began.answered;
  const isOpened = local.circuit !== began.circuit && local.circuit.state === 'open' && own.circuit.state === 'closed';
  // A 429 of another deployment with which it shares a quota.
  const isBlocked = local.blockedUntilMs > began.blockedUntilMs;
  if (throttled === 0 && answered === 0 && !isOpened && !isBlocked) return own;
  return {
    ...own,
    circuit: isOpened ? local.circuit : own.circuit,
    factor: throttled > 0 ? withRefusal(own.factor) : own.factor,
    blockedUntilMs: Math.max(own.blockedUntilMs, local.blockedUntilMs),
    throttledInARow: throttled > 0 ? Math.max(own.throttledInARow, local.throttledInARow) : own.throttledInARow,
    lowered: local.lowered === began.lowered ? own.lowered : lowerOf(own.lowered, local.lowered),
    throttled: own.throttled + throttled,
    answered: own.answered + answered,
  };
}

function lowerOf(left: LoweredLimit | null, right: LoweredLimit | null): LoweredLimit | null {
  if (left === null || right === null) return left ?? right;
  return right.tokensPerMinute <= left.tokensPerMinute ? right : left;
}

/**
 * The first state after the shared one is lost for good: what this process knows, with every quota used up now. Other processes
 * may have started anything in the last minute, so nothing starts for a minute.
 */
export function carefulState(known: PoolState, nowMs: number): PoolState {
  const bucket = bucketOf(nowMs);
  const states = known.states.map((state) => {
    const tokens = state.deployment.tokensPerMinute;
    return { ...state, charges: withCharge(state.charges, othersCharge(bucket, tokens)) };
  });
  return { ...known, states };
}
