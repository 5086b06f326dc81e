import type { Admission, Limits } from './limiter.ts';

/** The `x-ratelimit-*` headers after a request, in the units of the service: whole numbers, seconds to the reset. */
export function limitHeaders(
  admission: Pick<Admission, 'remainingTokens' | 'remainingRequests' | 'resetTokensMs' | 'resetRequestsMs'>,
  limits: Limits,
): Record<string, string> {
  return {
    'x-ratelimit-limit-tokens': String(limits.tokensPerMinute),
    'x-ratelimit-remaining-tokens': String(admission.remainingTokens),
    'x-ratelimit-reset-tokens': String(Math.ceil(admission.resetTokensMs / 1000)),
    'x-ratelimit-limit-requests': String(limits.requestsPerMinute),
    'x-ratelimit-remaining-requests': String(admission.remainingRequests),
    'x-ratelimit-reset-requests': String(Math.ceil(admission.resetRequestsMs / 1000)),
  };
}

/** The headers of a deployment that nothing has been counted against. */
export function untouchedLimitHeaders(limits: Limits): Record<string, string> {
  const remaining = { remainingTokens: limits.tokensPerMinute, remainingRequests: limits.requestsPerMinute };
  return limitHeaders({ ...remaining, resetTokensMs: 0, resetRequestsMs: 0 }, limits);
}

/** `retry-after-ms` and, in whole seconds rounded up, `retry-after`. */
export function retryHeaders(waitMs: number): Record<string, string> {
  return { 'retry-after-ms': String(Math.ceil(waitMs)), 'retry-after': String(Math.ceil(waitMs / 1000)) };
}
