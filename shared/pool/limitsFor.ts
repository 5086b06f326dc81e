import { MINUTE_BUCKETS, MINUTE_MS, windowBuckets } from './buckets.ts';
import type { Deployment } from './deployment.ts';
import type { Limit } from './firstFit.ts';

/** Requests are judged in slices of 1 s or 10 s: 600 a minute means no more than 10 in a second (Azure OpenAI quota page, 2026-09-16). */
const REQUEST_SPANS_MS = [1_000, 10_000, MINUTE_MS] as const;

/** Until a deployment has answered once, no more than this many requests leave for it in two seconds. */
const UNHEARD_BURST = 8;
const UNHEARD_SPAN_MS = 2_000;

/** Most requests in a slice; below one rounds up to one. `requestsInSlice(60, 1_000)` is 1, `requestsInSlice(180, 10_000)` is 30. */
export function requestsInSlice(requestsPerMinute: number, spanMs: number): number {
  return Math.max(1, Math.floor((requestsPerMinute * spanMs) / MINUTE_MS));
}

/** The limits for a request that takes `tokens` of `minuteTokens`. */
export function limitsFor(
  deployment: Deployment,
  taking: { readonly tokens: number; readonly minuteTokens: number; readonly hasAnswered: boolean },
): readonly Limit[] {
  const limits: Limit[] = [
    { windowBuckets: MINUTE_BUCKETS, room: taking.minuteTokens - taking.tokens, weight: 'tokens' },
  ];
  for (const spanMs of REQUEST_SPANS_MS) {
    const most = requestsInSlice(deployment.requestsPerMinute, spanMs);
    limits.push({ windowBuckets: windowBuckets(spanMs), room: most - 1, weight: 'requests' });
  }
  if (!taking.hasAnswered) {
    limits.push({ windowBuckets: windowBuckets(UNHEARD_SPAN_MS), room: UNHEARD_BURST - 1, weight: 'requests' });
  }
  return limits;
}

/**
 * Further limits for the backlog: its charges leave the HTTP share free, of the minute's tokens and of the requests of ten
 * seconds and of a minute. For a request larger than the backlog's part the part is as large as the request: it starts in a minute
 * without other backlog. At least one request is always allowed.
 */
export function backlogLimitsFor(
  deployment: Deployment,
  taking: { readonly tokens: number; readonly minuteTokens: number; readonly httpShare: number },
): readonly Limit[] {
  const part = Math.max(Math.floor(taking.minuteTokens * (1 - taking.httpShare)), taking.tokens);
  const limits: Limit[] = [{ windowBuckets: MINUTE_BUCKETS, room: part - taking.tokens, weight: 'backlogTokens' }];
  for (const spanMs of REQUEST_SPANS_MS) {
    if (spanMs === 1_000) continue;
    const most = Math.floor(requestsInSlice(deployment.requestsPerMinute, spanMs) * (1 - taking.httpShare));
    limits.push({ windowBuckets: windowBuckets(spanMs), room: Math.max(1, most) - 1, weight: 'backlogRequests' });
  }
  return limits;
}
