import { startOfBucket } from './buckets.ts';
import { withCharge } from './charges.ts';
import { mayBeAsked } from './circuit.ts';
import { type DeploymentState, type PoolState, type Waiting, withState } from './poolState.ts';
import { soonestStart } from './soonestStart.ts';

/** So many of those ahead are placed one by one; of the others only the tokens count. */
const PLACED_ONE_BY_ONE = 64;

export interface Plan {
  /** The pool as it will be when those ahead have started. */
  readonly pool: PoolState;
  /** What those take who were not placed. */
  readonly leftTokens: number;
  /** The last start that was found; 0: none. */
  readonly lastStartMs: number;
}

/** Gives each of those ahead, in their order, the soonest start that those before it leave. */
export function planLine(pool: PoolState, ahead: readonly Waiting[], nowMs: number): Plan {
  let planned = pool;
  let lastStartMs = 0;
  for (const waiting of ahead.slice(0, PLACED_ONE_BY_ONE)) {
    const wanted = { ...waiting, fromMs: Math.max(nowMs, waiting.fromMs) };
    const start = soonestStart(candidatesFor(planned, waiting, nowMs), wanted, { nowMs, pool });
    if (start === undefined) continue;
    const state = start.candidate;
    const charge = {
      id: waiting.analysisId,
      caller: waiting.caller,
      bucket: start.bucket,
      tokens: start.tokens,
      admissionTokens: waiting.admissionTokens,
      requests: 1,
      isExact: true,
      countedTokens: null,
    } as const;
    planned = withState(planned, { ...state, charges: withCharge(state.charges, charge) });
    lastStartMs = Math.max(lastStartMs, startOfBucket(start.bucket));
  }
  const leftTokens = ahead.slice(PLACED_ONE_BY_ONE).reduce((sum, { admissionTokens }) => sum + admissionTokens, 0);
  return { pool: planned, leftTokens, lastStartMs };
}

function candidatesFor(pool: PoolState, waiting: Waiting, nowMs: number): readonly DeploymentState[] {
  return pool.states.filter(
    ({ deployment, circuit }) =>
      deployment.model === waiting.model &&
      (waiting.deploymentName ?? deployment.name) === deployment.name &&
      waiting.admissionTokens <= deployment.tokensPerMinute &&
      mayBeAsked(circuit, nowMs),
  );
}
