import { MINUTE_MS } from './buckets.ts';
import type { Deployment } from './deployment.ts';
import { HORIZON_MS } from './horizon.ts';
import type { Need } from './ledger.ts';
import type { PoolState } from './poolState.ts';

/** Whether a start that was found may be taken, or what is told instead. */
export type Place =
  | { readonly kind: 'take' }
  | { readonly kind: 'later'; readonly expectedStartMs: number; readonly pool: PoolState };

/**
 * Keeps the order of those that found no start: first come, first served. HTTP callers stand in no line; they take the
 * start if it is in time, or are told when it is. Of the backlog each newcomer without a place is told the end of the
 * line, which then moves on by the time that its tokens take at the pool's quota. Whoever comes back with its place,
 * or comes while no line stands, or finds a deployment idle (half of its minute free), takes the start that is there.
 */
export function placeInLine(
  pool: PoolState,
  need: Need,
  found: {
    readonly nowMs: number;
    /** Undefined: nothing within the horizon. */
    readonly startMs: number | undefined;
    readonly isIdle: boolean;
    readonly deployments: readonly Deployment[];
  },
): Place {
  const startMs = found.startMs ?? found.nowMs + HORIZON_MS;
  const lineEndMs = pool.lineEndMs[need.model] ?? 0;
  const mayTake = found.startMs !== undefined && startMs <= need.latestStartMs;
  const standsInNoLine = need.caller === 'http' || need.placeInLineMs !== undefined || found.isIdle;
  if (mayTake && (standsInNoLine || lineEndMs <= startMs)) return { kind: 'take' };
  if (standsInNoLine) return { kind: 'later', expectedStartMs: startMs, pool };
  const expectedStartMs = Math.max(lineEndMs, startMs);
  const tokensPerMinute = found.deployments.reduce((sum, deployment) => sum + deployment.tokensPerMinute, 0);
  const takesMs = Math.ceil((need.admissionTokens * MINUTE_MS) / tokensPerMinute);
  return {
    kind: 'later',
    expectedStartMs,
    pool: { ...pool, lineEndMs: { ...pool.lineEndMs, [need.model]: expectedStartMs + takesMs } },
  };
}
