import { MINUTE_MS, startOfBucket } from './buckets.ts';
import { withCharge } from './charges.ts';
import { type PoolState, withState } from './poolState.ts';

/**
 * What one of several instances may go on with while the shared state cannot be had: its part of all that is known to be
 * used, and nobody's place in line. Kept to the same part of every quota, all together stay within it.
 *
 * @param part 0 to 1
 */
export function localShareOf(pool: PoolState, part: number): PoolState {
  const states = pool.states.map((state) => ({
    ...state,
    charges: state.charges.map((charge) => ({
      ...charge,
      tokens: charge.tokens * part,
      isExact: true,
      countedTokens: null,
    })),
  }));
  return { ...pool, states, line: [], lineEndMs: {} };
}

/** A share ends soon if nobody says again that it holds. */
const SHARE_MS = 60_000;

/**
 * The pool with no more than this part of every quota. A request that is larger than the part starts all the same, once in
 * as long as the part takes to make up for it: a tenth of 10,000 tokens a minute is less than any image of a small pool.
 */
export function keptToShare(pool: PoolState, share: { readonly part: number; readonly nowMs: number }): PoolState {
  const untilMs = share.nowMs + SHARE_MS;
  const states = pool.states.map((state, index) => {
    const tokensPerMinute = Math.floor((pool.deployments[index]?.tokensPerMinute ?? 0) * share.part);
    const largerFromMs = Math.max(
      ...state.charges.map(({ bucket, tokens }) =>
        tokens > tokensPerMinute ? startOfBucket(bucket) + (tokens / tokensPerMinute) * MINUTE_MS : 0,
      ),
      state.lowered?.largerFromMs ?? 0,
    );
    return { ...state, lowered: { tokensPerMinute, untilMs, largerFromMs: largerFromMs || untilMs } };
  });
  return { ...pool, states };
}

/** The shared state with what an instance has started by itself in the meantime. */
export function withLocalStarts(pool: PoolState, local: PoolState, ownIds: ReadonlySet<string>): PoolState {
  let merged = pool;
  local.states.forEach((state, index) => {
    for (const charge of state.charges) {
      const own = merged.states[index];
      if (own === undefined || !ownIds.has(charge.id) || own.charges.some(({ id }) => id === charge.id)) continue;
      merged = withState(merged, index, { ...own, charges: withCharge(own.charges, charge) });
    }
  });
  return merged;
}
