import type { Need, Placement } from './ledger.ts';
import type { Waiting } from './poolState.ts';

/** Whoever waits where it is asks at least this often; it may be told to ask sooner. */
export const ASK_AGAIN_MS = 500;
/** A place is kept this long after the start that was told: by whoever waits, and by whoever was to come back. */
const KEPT_WAITING_MS = 10_000;
const KEPT_AWAY_MS = 30_000;
/** Told again only when it differs by this. */
const SAME_START_MS = 500;
/** Whoever went away is called some seconds before its start. */
const BACK_EARLY_MS = 3_000;

/** It waits where it is, for a start that has not come: nothing is to be said or written down anew. */
export function isStillToWait(waiting: Waiting, nowMs: number): boolean {
  return waiting.fromMs <= nowMs && waiting.startMs > nowMs && waiting.keptUntilMs > nowMs + KEPT_WAITING_MS / 2;
}

/** An HTTP caller that has a place is not sent away for a start that slips by no more than this. */
const PATIENCE_MS = 5_000;

/** How late it may start where it waits (epoch milliseconds). @param own its place in line, if it has one */
export function latestStartOf({ latestStartMs, caller }: Need, own: Waiting | undefined): number {
  return latestStartMs + (own !== undefined && caller === 'http' ? PATIENCE_MS : 0);
}

/** The line without those whose place was kept long enough; the same list when there are none. */
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
 * The line with this one in it: waiting where it is, or gone until shortly before the start that it is told. The same
 * list when nothing has changed that others must know.
 */
export function withWaiting(
  line: readonly Waiting[],
  need: Need,
  told: { readonly startMs: number; readonly isStaying: boolean; readonly nowMs: number },
): readonly Waiting[] {
  const { startMs, isStaying, nowMs } = told;
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

/** Asked again at the start that is expected, or as soon as there may be room. */
export function waitUntil(expectedStartMs: number, at: { readonly nowMs: number; readonly roomMs: number }): Placement {
  const askAgainMs = Math.min(expectedStartMs, at.roomMs, at.nowMs + ASK_AGAIN_MS);
  return { kind: 'wait', expectedStartMs, askAgainMs };
}
