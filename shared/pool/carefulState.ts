import { bucketOf } from './buckets.ts';
import { withCharge } from './charges.ts';
import { othersCharge } from './othersUse.ts';
import type { PoolState } from './poolState.ts';

/**
 * The pool to begin with when its shared state is lost for good: what an instance still knows of it, with every quota used
 * up now. Other instances may have started anything in the last minute, so nothing starts for a minute.
 */
export function carefulState(known: PoolState, nowMs: number): PoolState {
  const bucket = bucketOf(nowMs);
  const states = known.states.map((state) => {
    const tokens = state.deployment.tokensPerMinute;
    const used = othersCharge({ id: `other-lost-${bucket}`, bucket, tokens });
    return { ...state, charges: withCharge(state.charges, used) };
  });
  return { ...known, states };
}
