import { type AnswersByKind, noAnswers, withKind } from './answerStats.ts';
import { BUCKET_MS, bucketOf, MINUTE_MS } from './buckets.ts';
import { canRisk, withRisk, worthIfCut } from './capMoney.ts';
import type { AnswerNeed, BookedAnswer, Need, Placement } from './ledger.ts';
import { ASK_AGAIN_MS, withWaiting } from './line.ts';
import { outputCapFor } from './outputCap.ts';
import { type DeploymentState, minuteTokensOf, type PoolState } from './poolState.ts';
import { withReturned } from './returns.ts';
import { soonestStart } from './soonestStart.ts';

/** A request with the output cap that it would be sent with now. */
export type CappedNeed = Need & {
  readonly isLowered: boolean;
  /** Its cap can be lowered once calls have ended that are on their way. */
  readonly isLowerSoon?: true;
};

/**
 * The request with the output cap to send. A lower cap saves quota, but an answer that it cuts is paid for twice. So the cap is
 * lowered only while quota is short, only as far as answers to similar images allow, and only while the money at risk stays
 * within what was saved.
 */
export function cappedNeed(
  pool: PoolState,
  need: Need,
  at: { readonly candidates: readonly DeploymentState[]; readonly nowMs: number },
): CappedNeed {
  const { answer } = need;
  if (!answer?.canLower) return { ...need, isLowered: false };
  const stats = pool.answers[answer.kind] ?? noAnswers;
  const capTokens = outputCapFor(stats.lengths, answer.look, answer.capTokens);
  if (capTokens >= answer.capTokens) return { ...need, isLowered: false };
  const lowered = lower(need, answer, capTokens);
  const worth = worthIfCut(lowered.admissionTokens, lowered.answer);
  const isWanted = isSharedState(at.candidates) && isPressed(pool, need, at);
  if (isWanted && canRisk(stats.money, worth, at.nowMs)) return { ...lowered, isLowered: true };
  const isLowerSoon = isWanted && canRisk({ ...stats.money, atRisk: [] }, worth, at.nowMs);
  return { ...need, isLowered: false, ...(isLowerSoon && { isLowerSoon }) };
}

function lower(need: Need, answer: AnswerNeed, capTokens: number): Need & { readonly answer: AnswerNeed } {
  const admissionTokens = need.admissionTokens - (answer.capTokens - capTokens);
  return { ...need, admissionTokens, answer: { ...answer, capTokens } };
}

/** What a booking says of the answer that it asks for. */
export function bookedAnswer({ answer, isLowered }: CappedNeed): { readonly answer?: BookedAnswer } {
  if (answer === undefined) return {};
  const { canLower: _, ...rest } = answer;
  return { answer: { ...rest, isLowered } };
}

/** The statistics once the request has left. */
export function withAnswerAtRisk(answers: AnswersByKind, need: CappedNeed, nowMs: number): AnswersByKind {
  const { answer, isLowered, admissionTokens } = need;
  if (answer === undefined || !isLowered) return answers;
  const stats = answers[answer.kind] ?? noAnswers;
  const money = withRisk(stats.money, worthIfCut(admissionTokens, answer), nowMs);
  return withKind(answers, answer.kind, { ...stats, money });
}

/** Without the shared state no process knows what the others risk. */
function isSharedState(candidates: readonly DeploymentState[]): boolean {
  return candidates.every(({ share }) => share === undefined);
}

/** Quota counts as short for a minute after a request had to wait: gaps between requests do not end it. */
const PRESSED_MS = 60_000;
/** That work waits is written at most this often. */
const PRESSED_NEWS_MS = 10_000;

/** The pool after a placement: notes when work had to wait for quota. */
export function withPressure(
  { placement, state }: { readonly placement: Placement; readonly state: PoolState },
  nowMs: number,
): PoolState {
  const isWaiting = placement.kind === 'wait' || placement.kind === 'later';
  if (!isWaiting || nowMs - state.pressedMs <= PRESSED_NEWS_MS) return state;
  return { ...state, pressedMs: nowMs };
}

/**
 * Quota is short: other work waits for it, or had to within the last minute, or there is no room now for a request with the
 * task's cap.
 */
function isPressed(
  pool: PoolState,
  need: Need,
  { candidates, nowMs }: { readonly candidates: readonly DeploymentState[]; readonly nowMs: number },
): boolean {
  const isAwaited = pool.line.some(({ analysisId }) => analysisId !== need.analysisId);
  if (isAwaited || pool.lineEndMs > nowMs) return true;
  if (nowMs - pool.pressedMs <= PRESSED_MS) return true;
  const { admissionTokens, caller } = need;
  const wanted = { admissionTokens, caller, fromMs: nowMs };
  return soonestStart(candidates, wanted, { nowMs, pool, withinMs: 0 }) === undefined;
}

/** The backlog's pace is measured over this time. */
const PACE_MS = 10_000;

/**
 * Lets a request of the backlog that has room now wait for a lower cap, if only calls on their way prevent that and the last ten
 * seconds used more than a sixth of a minute's quota: the room is used later in the same minute. It keeps its queue position.
 * Undefined: it does not wait.
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
