import type { CurrentBacklog } from '../../backlog/currentBacklog.ts';

/** The backlog as `GET /backlog` shows it, its times as ISO 8601. */
export function backlogView(backlog: CurrentBacklog): Readonly<Record<string, unknown>> {
  const { waiting, running, oldestWaitingSinceMs, expectedDoneAtMs, perMinute, pausedReason } = backlog;
  const { expiredLeases, queueDepth, lastSuccessAtMs, isApproximate, seenAtMs } = backlog;
  return {
    waiting,
    ...(isApproximate && { isApproximate }),
    running,
    oldestWaitingSince: isoOf(oldestWaitingSinceMs),
    expectedDoneAt: isoOf(expectedDoneAtMs),
    perMinute,
    expiredLeases,
    queueDepth,
    lastSuccessAt: isoOf(lastSuccessAtMs),
    ...(pausedReason === undefined ? {} : { pausedReason }),
    ...(seenAtMs === undefined ? {} : { seenAt: isoOf(seenAtMs) }),
  };
}

function isoOf(atMs: number | null): string | null {
  return atMs === null ? null : new Date(atMs).toISOString();
}
