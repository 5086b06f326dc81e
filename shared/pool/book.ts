import { startOfBucket } from './buckets.ts';
import { candidatesFor, chooseAmong, outageOf } from './candidates.ts';
import { bookedAnswer, type CappedNeed, cappedNeed, waitForCap, withAnswerAtRisk, withPressure } from './cappedNeed.ts';
import { withCharge, withoutOld } from './charges.ts';
import { circuitAfterBooking, mayBeAsked } from './circuit.ts';
import { comeBackMs, expectedTurn, lineEndAfter, type Plan, planLine } from './expectedTurn.ts';
import type { Need, Placement } from './ledger.ts';
import {
  ASK_AGAIN_MS,
  aheadOf,
  isStillToWait,
  latestStartOf,
  waitUntil,
  withoutLapsed,
  withoutWaiting,
  withWaiting,
} from './line.ts';
import { isOutbid, OUTBID_MS } from './outbid.ts';
import { type DeploymentState, type PoolState, stateOf, withState } from './poolState.ts';
import { expectedToCome, withLapsed, withoutOverdue, withReturned } from './returns.ts';
import { freeShareAt, HORIZON_MS, type Start, soonestStart } from './soonestStart.ts';

/** Who stands in line and comes within this is not passed by those who are new. */
const COMES_SOON_MS = 5_000;

/** So many of those ahead have their start kept for them against whoever could start now. */
const KEPT_FOR = 1;

type Booked = { readonly placement: Placement; readonly state: PoolState };

/**
 * A start now, or a place in line. A request starts on the deployment at which its tokens, times the learned factor,
 * fit under the limits in every 60 s window and every request slice. What the first in line needs, at the soonest moment
 * that it can have, is kept for it; room that it cannot use now goes to whoever is there and fits, the larger one where
 * several do (`isOutbid`). So gaps are filled, and everybody is the first at last. Among equal starts the lower priority
 * number wins, then the larger free share of the minute, then the name.
 *
 * Nothing but what starts now is bound to a deployment: whoever waits asks again, and is placed with what is known then.
 * It waits where it is if its turn is expected by `latestStartMs`, else it comes back (`later`). Places are kept for
 * starts within the horizon; beyond it the line has an end that each newcomer moves on, and is told.
 *
 * Deployments with an open circuit are passed over, and so are excluded and suspected ones unless nothing else is left: a
 * deployment that refuses at once is always the one with the most room. The backlog
 * keeps to its part of each minute (1 − HTTP share). While no HTTP caller has asked for a minute it may take the rest too.
 * A factor may not make a request impossible: one that fits by the documented rule takes a whole minute at most.
 */
export function book(pool: PoolState, need: Need, nowMs: number): Booked {
  const asked = askedBy(pool, need, nowMs);
  const serving = candidatesFor(asked, need);
  const largestMinuteTokens = serving.reduce((most, { deployment }) => Math.max(most, deployment.tokensPerMinute), 0);
  const able = serving.filter(({ deployment }) => need.admissionTokens <= deployment.tokensPerMinute);
  if (able.length === 0) return { placement: { kind: 'never', largestMinuteTokens }, state: asked };
  const closed = able.filter(({ circuit }) => mayBeAsked(circuit, nowMs));
  if (closed.length === 0) return { placement: outageOf(able, nowMs), state: asked };
  const candidates = chooseAmong(closed, need, { nowMs, pool: asked });
  const booked = inTurn(asked, cappedNeed(asked, need, { candidates, nowMs }), { candidates, nowMs });
  return { ...booked, state: withPressure(booked, nowMs) };
}

/** The same pool when there is nothing that others must know: an ask alone is written down nowhere. */
function askedBy(pool: PoolState, need: Need, nowMs: number): PoolState {
  const line = withoutLapsed(pool.line, nowMs);
  const isHttpNews = need.caller === 'http' && nowMs - pool.lastHttpMs > HTTP_NEWS_MS;
  if (line === pool.line && !isHttpNews) return pool;
  return withLapsed({ ...pool, lastHttpMs: isHttpNews ? nowMs : pool.lastHttpMs }, line);
}

/** That HTTP callers ask is noted in steps of this. */
const HTTP_NEWS_MS = 1_000;

function inTurn(
  pool: PoolState,
  need: CappedNeed,
  given: { readonly candidates: readonly DeploymentState[]; readonly nowMs: number },
): Booked {
  const { candidates, nowMs } = given;
  const wanted = { admissionTokens: need.admissionTokens, caller: need.caller, fromMs: nowMs };
  const { lineEndMs } = pool;
  const own = pool.line.find(({ analysisId }) => analysisId === need.analysisId);
  const latestStartMs = latestStartOf(need, own);
  const isKnown = need.caller === 'http' || need.placeInLineMs !== undefined || own !== undefined;
  if (!isKnown && lineEndMs > nowMs) {
    // A line stands that reaches beyond the horizon: only an idle deployment that nobody of it comes for soon is taken
    // without standing in it.
    const isAwaited = pool.line.some(({ fromMs }) => fromMs <= nowMs + COMES_SOON_MS);
    const start = isAwaited ? undefined : soonestStart(candidates, wanted, { nowMs, pool });
    const isIdle =
      start !== undefined && startOfBucket(start.bucket) <= nowMs && freeShareAt(start.candidate, start.bucket) >= 0.5;
    if (isIdle) return started(pool, need, { start, nowMs });
    return farAway(pool, need, { startMs: lineEndMs, candidates, nowMs });
  }
  if (own !== undefined && isStillToWait(own, nowMs) && own.startMs <= latestStartMs) {
    const room = soonestStart(candidates, wanted, { nowMs, pool, withinMs: ASK_AGAIN_MS });
    const roomMs = room === undefined ? own.startMs : startOfBucket(room.bucket);
    if (roomMs > nowMs) return { placement: waitUntil(own.startMs, { nowMs, roomMs }), state: pool };
  }
  const ahead = withoutOverdue(aheadOf(pool.line, need), nowMs);
  const kept = planLine(pool, ahead.slice(0, KEPT_FOR), nowMs);
  const left = besidePlan(candidates, kept);
  const atOnce = soonestStart(left, wanted, { nowMs, pool, withinMs: 0 });
  if (atOnce !== undefined) {
    const waiting = waitForCap(pool, need, { candidates, nowMs });
    if (waiting !== undefined) return waiting;
    if (ahead.length === 0 || !isOutbid(pool, need, { start: atOnce, candidates: left, nowMs }))
      return started(pool, need, { start: atOnce, nowMs });
    const soonMs = nowMs + OUTBID_MS;
    return { placement: { kind: 'wait', expectedStartMs: soonMs, askAgainMs: soonMs }, state: pool };
  }
  // For whom room is held stands in the plan as well: else the plan would promise that very room.
  const coming = [...ahead.slice(0, KEPT_FOR), ...expectedToCome(ahead.slice(KEPT_FOR), pool.returns)];
  const plan = planLine(pool, coming, nowMs);
  const start = plan.leftTokens === 0 ? soonestStart(besidePlan(candidates, plan), wanted, { nowMs, pool }) : undefined;
  const startMs = expectedTurn({ start, plan, need, candidates, nowMs });
  if (need.caller !== 'http' && startMs > nowMs + HORIZON_MS)
    return farAway(pool, need, { startMs: Math.max(startMs, lineEndMs), candidates, nowMs });
  const isStaying = startMs <= latestStartMs;
  const toldMs = isStaying || need.caller === 'http' ? startMs : comeBackMs(startMs, { need, candidates, nowMs });
  const isKept = startMs <= nowMs + HORIZON_MS && (isStaying || need.caller === 'backlog' || need.keepsPlace === true);
  const line = isKept
    ? withWaiting(pool.line, need, { startMs: toldMs, isStaying, nowMs })
    : withoutWaiting(pool.line, need.analysisId);
  const state = line === pool.line ? pool : { ...withReturned(pool, need.analysisId), line };
  if (!isStaying) return { placement: { kind: 'later', expectedStartMs: toldMs }, state };
  return { placement: waitUntil(startMs, { nowMs, roomMs: startMs }), state };
}

/** The candidates as those leave them for whom a start was planned. */
function besidePlan(candidates: readonly DeploymentState[], plan: Plan): readonly DeploymentState[] {
  return candidates.map((one) => stateOf(plan.pool, one.deployment.name) ?? one);
}

/** Too far ahead for a place: it is told the end of the line, which moves on by the time that it takes. */
function farAway(
  pool: PoolState,
  need: Need,
  at: { readonly startMs: number; readonly candidates: readonly DeploymentState[]; readonly nowMs: number },
): Booked {
  const { startMs } = at;
  const line = withoutWaiting(pool.line, need.analysisId);
  const lineEndMs = lineEndAfter(startMs, need, at.candidates);
  return { placement: { kind: 'later', expectedStartMs: startMs }, state: { ...pool, line, lineEndMs } };
}

function started(pool: PoolState, need: CappedNeed, at: { readonly start: Start; readonly nowMs: number }): Booked {
  const { bucket, tokens } = at.start;
  const { deployment } = at.start.candidate;
  const state = stateOf(pool, deployment.name) ?? at.start.candidate;
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
  const startMs = at.nowMs;
  const next = withState(withReturned(pool, need.analysisId), {
    ...state,
    charges: withCharge(withoutOld(state.charges, startMs), charge),
    circuit: circuitAfterBooking(state.circuit, { id, startMs }),
  });
  const { suspects } = need;
  const carried = { ...bookedAnswer(need), ...(suspects?.length && { suspects }) };
  const booking = { id, analysisId, deployment, startMs, bookedTokens: tokens, admissionTokens, ...carried };
  const line = withoutWaiting(pool.line, analysisId);
  const answers = withAnswerAtRisk(pool.answers, need, startMs);
  return { placement: { kind: 'booked', booking }, state: { ...next, line, answers, sequence: pool.sequence + 1 } };
}
