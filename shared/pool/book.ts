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

/** New work does not pass a queue position whose work returns within this. */
const COMES_SOON_MS = 5_000;

/** For as many of those ahead room is kept, even if this request could use it now. */
const KEPT_FOR = 1;

type Booked = { readonly placement: Placement; readonly state: PoolState };

/**
 * Books a start now, or gives a queue position. A request starts on a deployment where its tokens, times the learned factor,
 * fit in every 60 s window and every slice of requests. Room is kept for the first in the queue, at its soonest start;
 * other waiting work may use what the first cannot, the larger request where several fit (`isOutbid`). So gaps are filled, and
 * no work starves. Among equal starts the lower priority number wins, then the larger free share of the minute, then the name.
 *
 * A deployment is chosen only for a start now. Work waits where it is if its estimated start is by `latestStartMs`, else it
 * returns then (`later`). Queue positions are kept for starts within the horizon; beyond it the queue has only an end, which
 * is the estimated start of new work, and moves on with it.
 *
 * Deployments with an open circuit are left out, and so are excluded and suspected ones unless no other is left: a
 * deployment that refuses at once always has the most room. The backlog keeps to its part of each minute (1 − HTTP share),
 * and may use the rest while no HTTP caller has asked for a minute. A factor cannot make a request impossible: one that fits
 * by the documented rule takes a whole minute at most.
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

/** The same pool where nothing changes for others: asking alone takes no write. */
function askedBy(pool: PoolState, need: Need, nowMs: number): PoolState {
  const line = withoutLapsed(pool.line, nowMs);
  const isHttpNews = need.caller === 'http' && nowMs - pool.lastHttpMs > HTTP_NEWS_MS;
  if (line === pool.line && !isHttpNews) return pool;
  return withLapsed({ ...pool, lastHttpMs: isHttpNews ? nowMs : pool.lastHttpMs }, line);
}

/** The time of the last HTTP caller is written at most this often. */
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
    // The queue reaches beyond the horizon: new work passes it only to an idle deployment, and if no position is due soon.
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
  // The plan also holds the one for which room is kept: it must not promise that room.
  const coming = [...ahead.slice(0, KEPT_FOR), ...expectedToCome(ahead.slice(KEPT_FOR), pool.returns)];
  const plan = planLine(pool, coming, nowMs);
  const start = plan.leftTokens === 0 ? soonestStart(besidePlan(candidates, plan), wanted, { nowMs, pool }) : undefined;
  const startMs = expectedTurn({ start, plan, need, candidates, nowMs });
  if (need.caller !== 'http' && startMs > nowMs + HORIZON_MS)
    return farAway(pool, need, { startMs: Math.max(startMs, lineEndMs), candidates, nowMs });
  const isStaying = startMs <= latestStartMs;
  const comesMs = isStaying || need.caller === 'http' ? startMs : comeBackMs(startMs, { need, candidates, nowMs });
  const isKept = startMs <= nowMs + HORIZON_MS && (isStaying || need.caller === 'backlog' || need.keepsPlace === true);
  const line = isKept
    ? withWaiting(pool.line, need, { startMs: comesMs, isStaying, nowMs })
    : withoutWaiting(pool.line, need.analysisId);
  const state = line === pool.line ? pool : { ...withReturned(pool, need.analysisId), line };
  if (!isStaying) return { placement: { kind: 'later', expectedStartMs: comesMs }, state };
  return { placement: waitUntil(startMs, { nowMs, roomMs: startMs }), state };
}

/** The candidates with the planned starts taken. */
function besidePlan(candidates: readonly DeploymentState[], plan: Plan): readonly DeploymentState[] {
  return candidates.map((one) => stateOf(plan.pool, one.deployment.name) ?? one);
}

/** Too far ahead for a queue position: its estimated start is the end of the queue, which moves on by its own time. */
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
