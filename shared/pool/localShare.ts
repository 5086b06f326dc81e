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

/** A share ends soon if nobody says again that it holds; what is larger than it waits until then. */
const SHARE_MS = 60_000;

/** The pool with no more than this part of every quota. */
export function keptToShare(pool: PoolState, share: { readonly part: number; readonly nowMs: number }): PoolState {
  const states = pool.states.map((state, index) => {
    const tokensPerMinute = Math.floor((pool.deployments[index]?.tokensPerMinute ?? 0) * share.part);
    return { ...state, lowered: { tokensPerMinute, untilMs: share.nowMs + SHARE_MS } };
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
