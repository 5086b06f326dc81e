import { admissionFactor } from './admissionFactor.ts';
import { MINUTE_MS, startOfBucket } from './buckets.ts';
import { withCharge } from './charges.ts';
import { mayBeAsked } from './circuit.ts';
import type { Need } from './ledger.ts';
import { type DeploymentState, minuteTokensOf, type PoolState, type Waiting, withState } from './poolState.ts';
import { HORIZON_MS, type Start, soonestStart } from './soonestStart.ts';

/**
 * The estimated start of a request: behind those placed one by one, or behind their last start and the time that the
 * remaining tokens take at what the deployments are known to charge.
 */
export function expectedTurn(of: {
  readonly start: Start | undefined;
  readonly plan: Plan;
  readonly need: Need;
  readonly candidates: readonly DeploymentState[];
  readonly nowMs: number;
}): number {
  const { start, plan, need, nowMs } = of;
  if (start !== undefined) return Math.max(nowMs, startOfBucket(start.bucket));
  if (plan.leftTokens === 0) return nowMs + HORIZON_MS + 1;
  const fromMs = Math.max(nowMs, plan.lastStartMs);
  return fromMs + takesMs(plan.leftTokens + need.admissionTokens, of.candidates, nowMs);
}

/** Where the queue ends once this request is at its end. */
export function lineEndAfter(startMs: number, need: Need, candidates: readonly DeploymentState[]): number {
  return startMs + takesMs(need.admissionTokens, candidates, startMs);
}

/** A smaller change is not worth a write. */
const LEAST_SHORTER_MS = 30_000;

/** The pool with a queue that ends at this time at the latest; the same pool where it does already. */
export function withShorterLine(pool: PoolState, endMs: number): PoolState {
  const isShorter = endMs + LEAST_SHORTER_MS < pool.lineEndMs;
  return isShorter ? { ...pool, lineEndMs: endMs } : pool;
}

/** A start is lost if no work is there for it, so several analyses must be back before it. */
const EARLY_PART = 0.07;
const EARLY_TURNS = 10;
const MOST_EARLY_MS = 35_000;

/**
 * When the backlog returns for a start: early by a part of the wait, since starts may come sooner than estimated, and by
 * ten starts (at most 35 s), so that about ten analyses are there and one of them fits a gap.
 */
export function comeBackMs(
  startMs: number,
  of: { readonly need: Need; readonly candidates: readonly DeploymentState[]; readonly nowMs: number },
): number {
  const turnMs = takesMs(of.need.admissionTokens, of.candidates, of.nowMs);
  const earlyMs = EARLY_PART * (startMs - of.nowMs) + Math.min(MOST_EARLY_MS, EARLY_TURNS * turnMs);
  return Math.max(of.nowMs + 1_000, Math.floor(startMs - earlyMs));
}

/** How long the deployments take for a number of tokens of our estimate. */
function takesMs(admissionTokens: number, candidates: readonly DeploymentState[], nowMs: number): number {
  let perMinute = 0;
  for (const state of candidates) perMinute += minuteTokensOf(state, nowMs) / admissionFactor(state.factor);
  return Math.ceil((admissionTokens * MINUTE_MS) / Math.max(1, perMinute));
}

/** Of those ahead, as many are placed one by one; for the others only their tokens are added up. */
const PLACED_ONE_BY_ONE = 64;

export interface Plan {
  /** The pool as it will be when those ahead have started. */
  readonly pool: PoolState;
  /** The tokens of those that were not placed. */
  readonly leftTokens: number;
  /** The last start that was found; 0: none. */
  readonly lastStartMs: number;
}

/** Places each of those ahead, in order, at the soonest start that those before it leave. */
export function planLine(pool: PoolState, ahead: readonly Waiting[], nowMs: number): Plan {
  let planned = pool;
  let lastStartMs = 0;
  for (const waiting of ahead.slice(0, PLACED_ONE_BY_ONE)) {
    const wanted = { ...waiting, fromMs: Math.max(nowMs, waiting.fromMs) };
    const start = soonestStart(candidatesFor(planned, waiting, nowMs), wanted, { nowMs, pool });
    if (start === undefined) continue;
    const state = start.candidate;
    const charge = {
      id: null,
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
      (waiting.deploymentName ?? deployment.name) === deployment.name &&
      waiting.admissionTokens <= deployment.tokensPerMinute &&
      mayBeAsked(circuit, nowMs),
  );
}
