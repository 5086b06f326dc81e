import type { Need } from './ledger.ts';
import type { DeploymentState, PoolState } from './poolState.ts';
import { type Start, soonestStart } from './soonestStart.ts';

/** A request that left its room to another one asks again after this. */
export const OUTBID_MS = 100;
/** Room that was free for this long may be taken: the other request may have gone. */
const STALE_MS = 300;

/**
 * Whether a request of the backlog leaves room that has just become free to other waiting work that fits: to a larger
 * request, since a small one finds room more easily, or to an older one of the same size. HTTP callers never do. `pool.line`
 * holds no position whose time is over (`withoutLapsed`).
 */
export function isOutbid(
  pool: PoolState,
  need: Need,
  at: { readonly start: Start; readonly candidates: readonly DeploymentState[]; readonly nowMs: number },
): boolean {
  if (need.caller === 'http') return false;
  const { start, candidates, nowMs } = at;
  const isStale = canStart(candidates, need, { nowMs: nowMs - STALE_MS, pool });
  if (isStale) return false;
  return pool.line.some(
    (other) =>
      (other.admissionTokens > need.admissionTokens ||
        (other.admissionTokens === need.admissionTokens && other.createdMs < need.createdMs)) &&
      other.caller === need.caller &&
      (other.deploymentName ?? start.candidate.deployment.name) === start.candidate.deployment.name &&
      other.fromMs <= nowMs &&
      canStart([start.candidate], other, { nowMs, pool }),
  );
}

function canStart(
  candidates: readonly DeploymentState[],
  one: Pick<Need, 'admissionTokens' | 'caller'>,
  at: { readonly nowMs: number; readonly pool: PoolState },
): boolean {
  const { admissionTokens, caller } = one;
  return soonestStart(candidates, { admissionTokens, caller, fromMs: 0 }, { ...at, withinMs: 0 }) !== undefined;
}
