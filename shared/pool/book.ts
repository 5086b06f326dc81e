import { bookingFactor } from './admissionFactor.ts';
import { BUCKET_MS, bucketOf, startOfBucket } from './buckets.ts';
import { tokensUpTo, withCharge, withoutOld } from './charges.ts';
import { circuitAfterBooking, mayBeAsked } from './circuit.ts';
import type { Deployment } from './deployment.ts';
import { firstFitOfAll, NEVER } from './firstFit.ts';
import { BORROW_AHEAD_MS, HORIZON_MS, HTTP_QUIET_MS } from './horizon.ts';
import type { Need, Placement } from './ledger.ts';
import { backlogLimitsFor, limitsFor } from './limitsFor.ts';
import { placeInLine } from './placeInLine.ts';
import { type DeploymentState, minuteTokensOf, type PoolState, withState } from './poolState.ts';

/** A deployment with its place in the pool's lists. */
interface Candidate {
  readonly index: number;
  readonly deployment: Deployment;
  readonly state: DeploymentState;
}

/** Where and when one candidate could start. */
interface Start {
  readonly candidate: Candidate;
  readonly bucket: number;
  readonly tokens: number;
}

/**
 * Reserves the soonest start for a request: the deployment and quarter second at which its admission tokens, times the
 * deployment's learned factor, and one request fit under the limits in every 60 s window and every request slice.
 * Among equal starts the lower priority number wins, then the larger free share of the minute, then the name.
 *
 * Deployments with an open circuit are passed over, and so are excluded ones unless nothing else is left. The backlog
 * keeps to its part of each minute (1 − HTTP share). While no HTTP caller has asked for a minute it may take the rest
 * too, but only for starts in the next 5 s. A request larger than the backlog's part counts as exactly that part.
 * A factor may not make a request impossible: one that fits by the documented rule is booked with a whole minute at most.
 *
 * Nothing is booked when the start lies after `latestStartMs` or more than 10 minutes ahead (`later`).
 */
export function book(
  pool: PoolState,
  need: Need,
  nowMs: number,
): { readonly placement: Placement; readonly state: PoolState } {
  const asked = need.caller === 'http' ? { ...pool, lastHttpMs: Math.max(pool.lastHttpMs, nowMs) } : pool;
  const serving = candidatesFor(pool, need);
  const largestMinuteTokens = serving.reduce((most, { deployment }) => Math.max(most, deployment.tokensPerMinute), 0);
  const able = serving.filter(({ deployment }) => need.admissionTokens <= deployment.tokensPerMinute);
  if (able.length === 0) return { placement: { kind: 'never', largestMinuteTokens }, state: asked };
  const closed = able.filter(({ state }) => mayBeAsked(state.circuit, nowMs));
  if (closed.length === 0) return { placement: outageOf(able, nowMs), state: asked };
  const fresh = closed.filter(({ deployment }) => !need.exclude.includes(deployment.name));
  const candidates = fresh.length > 0 ? fresh : closed;

  const start = soonestStart(candidates, { need, nowMs, pool });
  const startMs = start === undefined ? undefined : Math.max(nowMs, startOfBucket(start.bucket));
  const place = placeInLine(asked, need, {
    nowMs,
    startMs,
    isIdle: start !== undefined && startMs === nowMs && freeShareAt(start.candidate, start.bucket) >= 0.5,
    deployments: candidates.map(({ deployment }) => deployment),
  });
  if (start === undefined || startMs === undefined || place.kind === 'later') {
    const expectedStartMs = place.kind === 'later' ? place.expectedStartMs : nowMs + HORIZON_MS;
    return { placement: { kind: 'later', expectedStartMs }, state: place.kind === 'later' ? place.pool : asked };
  }
  return booked(asked, { need, start, startMs, nowMs });
}

function candidatesFor(pool: PoolState, need: Need): Candidate[] {
  const candidates: Candidate[] = [];
  pool.deployments.forEach((deployment, index) => {
    const state = pool.states[index];
    if (state === undefined || deployment.model !== need.model) return;
    if (need.deploymentName !== undefined && deployment.name !== need.deploymentName) return;
    candidates.push({ index, deployment, state });
  });
  return candidates;
}

/** While a probe is on its way, its answer is expected within this. */
const PROBE_ANSWER_MS = 15_000;

function outageOf(candidates: readonly Candidate[], nowMs: number): Placement {
  let untilMs = NEVER;
  const reasons: string[] = [];
  for (const { deployment, state } of candidates) {
    if (state.circuit.state === 'closed') continue;
    const answeredMs = state.circuit.state === 'probing' ? nowMs + PROBE_ANSWER_MS : NEVER;
    untilMs = Math.min(untilMs, state.circuit.untilMs, answeredMs);
    reasons.push(`${deployment.name} ${state.circuit.reason}.`);
  }
  return { kind: 'outage', untilMs, reasons };
}

function soonestStart(
  candidates: readonly Candidate[],
  for_: { readonly need: Need; readonly nowMs: number; readonly pool: PoolState },
): Start | undefined {
  let best: Start | undefined;
  const horizonBucket = bucketOf(for_.nowMs + HORIZON_MS);
  for (const candidate of candidates) {
    const start = startOn(candidate, { ...for_, untilBucket: lastUsefulBucket(candidate, best, horizonBucket) });
    if (start !== undefined) best = start;
  }
  return best;
}

/** A start at the same moment as the best so far is of use only where it is to be preferred. */
function lastUsefulBucket(candidate: Candidate, best: Start | undefined, horizonBucket: number): number {
  if (best === undefined) return horizonBucket;
  const [left, right] = [candidate.deployment, best.candidate.deployment];
  if (left.priority !== right.priority) return left.priority < right.priority ? best.bucket : best.bucket - 1;
  const shareGap = freeShareAt(candidate, best.bucket) - freeShareAt(best.candidate, best.bucket);
  const isPreferred = shareGap === 0 ? left.name < right.name : shareGap > 0;
  return isPreferred ? best.bucket : best.bucket - 1;
}

/** The part of the minute that ends at a bucket which nobody has booked. */
function freeShareAt({ deployment, state }: Candidate, bucket: number): number {
  return 1 - tokensUpTo(state.charges, bucket) / deployment.tokensPerMinute;
}

function startOn(
  candidate: Candidate,
  for_: { readonly need: Need; readonly nowMs: number; readonly pool: PoolState; readonly untilBucket: number },
): Start | undefined {
  const { deployment, state } = candidate;
  const { need, nowMs, pool } = for_;
  const isTooLowered = need.admissionTokens > minuteTokensOf(deployment, state, nowMs);
  const fromMs = Math.max(nowMs, state.blockedUntilMs, isTooLowered ? (state.lowered?.untilMs ?? 0) : 0);
  const range = {
    fromBucket: fromMs > nowMs ? Math.ceil(fromMs / BUCKET_MS) : bucketOf(nowMs),
    untilBucket: for_.untilBucket,
  };
  if (range.fromBucket > range.untilBucket) return undefined;
  const minuteTokens = isTooLowered ? deployment.tokensPerMinute : minuteTokensOf(deployment, state, nowMs);
  const tokens = Math.min(minuteTokens, Math.ceil(need.admissionTokens * bookingFactor(state.factor)));
  const limits = limitsFor(deployment, { tokens, minuteTokens, hasAnswered: state.answered > 0 });
  const found = (bucket: number): Start | undefined => (bucket === NEVER ? undefined : { candidate, bucket, tokens });
  if (need.caller === 'http') return found(firstFitOfAll(state.charges, limits, range));

  const own = backlogLimitsFor(deployment, { tokens, minuteTokens, httpShare: pool.httpShare });
  const ownBucket = firstFitOfAll(state.charges, [...own, ...limits], range);
  if (nowMs - pool.lastHttpMs <= HTTP_QUIET_MS || ownBucket === range.fromBucket) return found(ownBucket);
  const untilBucket = Math.min(range.untilBucket, bucketOf(nowMs + BORROW_AHEAD_MS), ownBucket);
  const borrowedBucket = firstFitOfAll(state.charges, limits, { ...range, untilBucket });
  return found(Math.min(ownBucket, borrowedBucket));
}

function booked(
  pool: PoolState,
  for_: { readonly need: Need; readonly start: Start; readonly startMs: number; readonly nowMs: number },
): { readonly placement: Placement; readonly state: PoolState } {
  const { need, startMs, nowMs } = for_;
  const { candidate, bucket, tokens } = for_.start;
  const { index, deployment, state } = candidate;
  const { analysisId, admissionTokens, caller } = need;
  const id = `${analysisId}-${pool.sequence}`;
  const charge = {
    id,
    caller,
    bucket,
    tokens,
    admissionTokens,
    requests: 1,
    isExact: false,
    countedTokens: null,
  } as const;
  const next = withState(pool, index, {
    ...state,
    charges: withCharge(withoutOld(state.charges, nowMs), charge),
    circuit: circuitAfterBooking(state.circuit, { id, startMs }),
  });
  const booking = { id, analysisId, deployment, startMs, bookedTokens: tokens, admissionTokens };
  return { placement: { kind: 'booked', booking }, state: { ...next, sequence: pool.sequence + 1 } };
}
