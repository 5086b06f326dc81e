import type { Need } from './ledger.ts';
import type { DeploymentState, PoolState } from './poolState.ts';
import { type Start, soonestStart } from './soonestStart.ts';

/** Whoever is outbid asks again after this. */
export const OUTBID_MS = 100;
/** Room that has been there for so long is anybody's: the other one may have gone. */
const STALE_MS = 300;

/**
 * Whether a request of the backlog leaves the room that has just come free to another one that waits as well, and fits: to
 * a larger one, for what is left of a minute is then smaller, and the small one finds room more easily; and to an older one
 * of its size, for who came first is served first. Callers over HTTP bid against nobody.
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
      other.keptUntilMs > nowMs &&
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
