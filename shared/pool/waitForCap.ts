import { BUCKET_MS, bucketOf, MINUTE_MS } from './buckets.ts';
import type { CappedNeed } from './cappedNeed.ts';
import type { Placement } from './ledger.ts';
import { ASK_AGAIN_MS, withWaiting } from './line.ts';
import { type DeploymentState, minuteTokensOf, type PoolState } from './poolState.ts';
import { withReturned } from './returns.ts';

/** Over this long the backlog keeps to the pace of the quota. */
const PACE_MS = 10_000;

/**
 * A request of the backlog that has room now waits for a lower cap, where only calls on their way stand against that and
 * the last ten seconds have used more than a sixth of a minute's quota. What it leaves is used later in the same minute.
 * It keeps its place meanwhile. Undefined: it does not wait.
 */
export function waitForCap(
  pool: PoolState,
  need: CappedNeed,
  { candidates, nowMs }: { readonly candidates: readonly DeploymentState[]; readonly nowMs: number },
): { readonly placement: Placement; readonly state: PoolState } | undefined {
  const askAgainMs = nowMs + ASK_AGAIN_MS;
  if (!need.isLowerSoon || need.caller === 'http' || askAgainMs > need.latestStartMs) return undefined;
  if (!isAheadOfPace(candidates, nowMs)) return undefined;
  const line = withWaiting(pool.line, need, { startMs: askAgainMs, isStaying: true, nowMs });
  const state = line === pool.line ? pool : { ...withReturned(pool, need.analysisId), line };
  return { placement: { kind: 'wait', expectedStartMs: askAgainMs, askAgainMs }, state };
}

function isAheadOfPace(candidates: readonly DeploymentState[], nowMs: number): boolean {
  const fromBucket = bucketOf(nowMs) - PACE_MS / BUCKET_MS;
  let [used, minute] = [0, 0];
  for (const state of candidates) {
    minute += minuteTokensOf(state, nowMs);
    for (let place = state.charges.length - 1; place >= 0; place -= 1) {
      const charge = state.charges[place];
      if (charge === undefined || charge.bucket <= fromBucket) break;
      used += charge.tokens;
    }
  }
  return used > (minute * PACE_MS) / MINUTE_MS;
}
