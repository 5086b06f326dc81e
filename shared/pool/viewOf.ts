import { admissionFactor } from './admissionFactor.ts';
import { BUCKET_MS, bucketOf, MINUTE_BUCKETS, startOfBucket } from './buckets.ts';
import { firstIndexAfter } from './charges.ts';
import { circuitView } from './circuit.ts';
import { firstFitOfAll, NEVER } from './firstFit.ts';
import type { DeploymentView } from './ledger.ts';
import { limitsFor } from './limitsFor.ts';
import { type DeploymentState, minuteTokensOf, type PoolState } from './poolState.ts';

/** The assumed average size of a request where nothing is booked, as a part of a minute. */
const ASSUMED_PART = 0.1;

/** What operators see of the deployments. */
export function viewOf(pool: PoolState, nowMs: number): readonly DeploymentView[] {
  return pool.states.map((state) => viewOfDeployment(state, nowMs));
}

function viewOfDeployment(state: DeploymentState, nowMs: number): DeploymentView {
  const counting = state.charges.slice(firstIndexAfter(state.charges, bucketOf(nowMs) - MINUTE_BUCKETS));
  const bookedTokens = counting.reduce((sum, charge) => sum + charge.tokens, 0);
  const sorted = state.latenciesMs.toSorted((left, right) => left - right);
  return {
    deployment: state.deployment,
    bookedTokens,
    freeFromMs: freeFromMs(state, nowMs),
    circuit: circuitView(state.circuit),
    admissionFactor: admissionFactor(state.factor),
    throttled: state.throttled,
    answered: state.answered,
    latencyMs: { p50: quantileOf(sorted, 0.5), p95: quantileOf(sorted, 0.95) },
  };
}

function freeFromMs(state: DeploymentState, nowMs: number): number {
  const minuteTokens = minuteTokensOf(state, nowMs);
  const own = state.charges.filter((charge) => charge.requests > 0 && charge.tokens > 0);
  const requests = own.reduce((sum, charge) => sum + charge.requests, 0);
  const averageTokens =
    requests === 0 ? minuteTokens * ASSUMED_PART : own.reduce((sum, charge) => sum + charge.tokens, 0) / requests;
  const tokens = Math.min(minuteTokens, averageTokens);
  const openUntilMs = state.circuit.state === 'closed' ? 0 : state.circuit.untilMs;
  const fromMs = Math.max(nowMs, state.blockedUntilMs, openUntilMs);
  const limits = limitsFor(state.deployment, { tokens, minuteTokens, hasAnswered: state.answered > 0 });
  const fromBucket = fromMs > nowMs ? Math.ceil(fromMs / BUCKET_MS) : bucketOf(nowMs);
  const bucket = firstFitOfAll(state.charges, limits, { fromBucket, untilBucket: NEVER });
  return Math.max(fromMs, startOfBucket(bucket));
}

/** The nearest-rank quantile of sorted values; null of none. */
function quantileOf(sorted: readonly number[], part: number): number | null {
  return sorted[Math.max(0, Math.ceil(sorted.length * part) - 1)] ?? null;
}
