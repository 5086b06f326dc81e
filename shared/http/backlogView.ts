import type { Backlog } from '../analyses/backlog.ts';

/** The backlog as GET /backlog shows it. */
export function backlogView(backlog: Backlog): Readonly<Record<string, unknown>> {
  const { waiting, running, oldestWaitingSinceMs, expectedDoneAtMs, perMinute, pausedReason } = backlog;
  const { expiredLeases, queueDepth, lastSuccessAtMs } = backlog;
  return {
    waiting,
    running,
    oldestWaitingSince: isoOf(oldestWaitingSinceMs),
    expectedDoneAt: isoOf(expectedDoneAtMs),
    perMinute,
    expiredLeases,
    queueDepth,
    lastSuccessAt: isoOf(lastSuccessAtMs),
    ...(pausedReason === undefined ? {} : { pausedReason }),
  };
}

function isoOf(atMs: number | null): string | null {
  return atMs === null ? null : new Date(atMs).toISOString();
}
