import { createCountingWindow, type WindowKind } from './countingWindow.ts';

/** The limits of one deployment: admission tokens per minute, and requests per minute judged also in short slices. */
export interface Limits {
  readonly tokensPerMinute: number;
  readonly requestsPerMinute: number;
}

export interface Admission {
  readonly admitted: boolean;
  /** What was over its limit; null when admitted. */
  readonly over: 'tokens' | 'requests' | null;
  /** When the same request would be admitted without other requests; 0 when admitted. */
  readonly retryAfterMs: number;
  /** For the x-ratelimit headers, after this request. */
  readonly remainingTokens: number;
  readonly remainingRequests: number;
  readonly resetTokensMs: number;
  readonly resetRequestsMs: number;
}

export interface Limiter {
  readonly admit: (need: { readonly tokens: number; readonly limits: Limits }, nowMs: number) => Admission;
  readonly forget: () => void;
}

/** The hint that the service gives to a request that no minute can hold: seen in the wild, read by many as real. */
const neverMs = 86_400_000;

/**
 * Meters one deployment as Azure does: a request is judged when it arrives, by its admission tokens; requests per
 * minute are also judged in slices of 1 or 10 seconds ("600 RPM: more than 10 requests in 1 s gives 429"); refused
 * requests count as well (Microsoft Learn, "Azure OpenAI quotas and limits", 2026-09-16). As requests: whether their
 * tokens count is stated nowhere, and if they did, a client that retries would never be let in again.
 */
export function createLimiter(kind: WindowKind, requestSliceMs: number): Limiter {
  const tokenMinute = createCountingWindow(kind, 60_000);
  const requestMinute = createCountingWindow(kind, 60_000);
  const requestSlice = createCountingWindow(kind, requestSliceMs);

  return {
    admit: ({ tokens, limits }, nowMs) => {
      const perSlice = Math.max(1, Math.floor((limits.requestsPerMinute * requestSliceMs) / 60_000));
      const waits = (): { readonly tokens: number; readonly requests: number } => ({
        tokens: tokenMinute.fitsInMs({ amount: tokens, limit: limits.tokensPerMinute }, nowMs) ?? neverMs,
        requests: Math.max(
          requestMinute.fitsInMs({ amount: 1, limit: limits.requestsPerMinute }, nowMs) ?? neverMs,
          requestSlice.fitsInMs({ amount: 1, limit: perSlice }, nowMs) ?? neverMs,
        ),
      });
      const before = waits();
      const over = before.tokens > 0 ? 'tokens' : before.requests > 0 ? 'requests' : null;
      if (over === null) tokenMinute.charge(tokens, nowMs);
      requestMinute.charge(1, nowMs);
      requestSlice.charge(1, nowMs);
      const after = over === null ? { tokens: 0, requests: 0 } : waits();
      return {
        admitted: over === null,
        over,
        retryAfterMs: Math.max(after.tokens, after.requests),
        remainingTokens: Math.max(0, limits.tokensPerMinute - tokenMinute.used(nowMs)),
        remainingRequests: Math.max(0, limits.requestsPerMinute - requestMinute.used(nowMs)),
        resetTokensMs: tokenMinute.emptyInMs(nowMs),
        resetRequestsMs: requestMinute.emptyInMs(nowMs),
      };
    },
    forget: () => {
      tokenMinute.forget();
      requestMinute.forget();
      requestSlice.forget();
    },
  };
}
