import { bucketOf } from './buckets.ts';
import { withCharge } from './charges.ts';
import type { PoolState } from './poolState.ts';

/**
 * The pool to begin with when its shared state is lost for good: what an instance still knows of it, with every quota used
 * up now. Other instances may have started anything in the last minute, so nothing starts for a minute.
 */
export function carefulState(known: PoolState, nowMs: number): PoolState {
  const bucket = bucketOf(nowMs);
  const states = known.states.map((state, index) => {
    const tokens = known.deployments[index]?.tokensPerMinute ?? 0;
    const used = {
      id: `other-lost-${bucket}`,
      caller: 'other',
      bucket,
      tokens,
      admissionTokens: 0,
      requests: 0,
      isExact: true,
      countedTokens: null,
    } as const;
    return { ...state, charges: withCharge(state.charges, used) };
  });
  return { ...known, states };
}
