import type { Need, Placement } from './ledger.ts';
import type { Waiting } from './poolState.ts';

/** Waiting work asks again at least this often. */
export const ASK_AGAIN_MS = 500;
/** How long a position is kept after its estimated start: of work that waits, and of work that was sent away. */
const KEPT_WAITING_MS = 10_000;
const KEPT_AWAY_MS = 30_000;
/** A new estimated start is written only when it differs by this. */
const SAME_START_MS = 500;
/** A queue message appears some seconds before the start. */
const BACK_EARLY_MS = 3_000;

/** It waits for a start that lies ahead, and its position is kept long enough: nothing has to be written. */
export function isStillToWait(waiting: Waiting, nowMs: number): boolean {
  return waiting.fromMs <= nowMs && waiting.startMs > nowMs && waiting.keptUntilMs > nowMs + KEPT_WAITING_MS / 2;
}

/** An HTTP caller with a position is not sent away for a start that slips by up to this. */
const PATIENCE_MS = 5_000;

/** How late it may start where it waits (epoch milliseconds). @param own its queue position, if it has one */
export function latestStartOf({ latestStartMs, caller }: Need, own: Waiting | undefined): number {
  return latestStartMs + (own !== undefined && caller === 'http' ? PATIENCE_MS : 0);
}

/** The queue without positions whose time is over; the same list when there are none. */
export function withoutLapsed(line: readonly Waiting[], nowMs: number): readonly Waiting[] {
  return line.some(({ keptUntilMs }) => keptUntilMs < nowMs)
    ? line.filter(({ keptUntilMs }) => keptUntilMs >= nowMs)
    : line;
}

/** The positions that are served before this request: created before it. */
export function aheadOf(line: readonly Waiting[], need: Need): readonly Waiting[] {
  const ahead: Waiting[] = [];
  for (const waiting of line) {
    if (waiting.createdMs > need.createdMs) break;
    if (waiting.analysisId === need.analysisId) break;
    ahead.push(waiting);
  }
  return ahead;
}

export function withoutWaiting(line: readonly Waiting[], analysisId: string): readonly Waiting[] {
  const index = line.findIndex((waiting) => waiting.analysisId === analysisId);
  return index === -1 ? line : line.toSpliced(index, 1);
}

/**
 * The queue with this request in it, waiting or sent away until shortly before its estimated start. The same list when
 * nothing changes for others.
 */
export function withWaiting(
  line: readonly Waiting[],
  need: Need,
  estimate: { readonly startMs: number; readonly isStaying: boolean; readonly nowMs: number },
): readonly Waiting[] {
  const { startMs, isStaying, nowMs } = estimate;
  const index = line.findIndex(({ analysisId }) => analysisId === need.analysisId);
  const before = line[index];
  const keptUntilMs = isStaying ? Math.max(startMs, nowMs) + KEPT_WAITING_MS : startMs + KEPT_AWAY_MS;
  if (
    before !== undefined &&
    Math.abs(before.startMs - startMs) < SAME_START_MS &&
    before.fromMs <= nowMs === isStaying &&
    before.keptUntilMs > nowMs + KEPT_WAITING_MS / 2
  ) {
    return line;
  }
  const waiting: Waiting = {
    analysisId: need.analysisId,
    deploymentName: need.deploymentName ?? null,
    caller: need.caller,
    admissionTokens: need.admissionTokens,
    // A caller that asks once more is as old as its first ask.
    createdMs: before?.createdMs ?? need.createdMs,
    startMs,
    fromMs: isStaying ? nowMs : startMs - (need.caller === 'http' ? 0 : BACK_EARLY_MS),
    keptUntilMs,
  };
  if (before !== undefined) return line.with(index, waiting);
  const place = line.findLastIndex(({ createdMs }) => createdMs <= need.createdMs);
  return line.toSpliced(place + 1, 0, waiting);
}

/** It asks again at its estimated start, or as soon as there may be room. */
export function waitUntil(expectedStartMs: number, at: { readonly nowMs: number; readonly roomMs: number }): Placement {
  const askAgainMs = Math.min(expectedStartMs, at.roomMs, at.nowMs + ASK_AGAIN_MS);
  return { kind: 'wait', expectedStartMs, askAgainMs };
}
