/**
 * The service's rate limiter, written from the documentation alone, so that the pool is not judged by its own arithmetic: a
 * request is admitted if its tokens and itself fit under the limits when it arrives. Refused requests count as requests (Microsoft Learn, "Azure OpenAI quotas and limits", 2026-09-16).
 */
export type MinuteKind = 'sliding' | 'fixed';

export interface Verdict {
  readonly isAdmitted: boolean;
  /** Tokens left in the minute, after this request. */
  readonly remainingTokens: number;
  /** How long until the same request would be admitted, if no other request came. */
  readonly retryAfterMs: number;
}

interface LimiterOptions {
  readonly kind: MinuteKind;
  readonly tokensPerMinute: number;
  readonly requestsPerMinute: number;
  /** Requests are judged in slices of this length as well: 1,000 or 10,000. */
  readonly sliceMs: number;
}

interface Entry {
  readonly atMs: number;
  readonly amount: number;
}

/** What counts in a window: the log of its length if it slides, what came since the clock's last edge if it is fixed. */
function createSpan(kind: MinuteKind, spanMs: number) {
  let log: Entry[] = [];
  let first = 0;
  let sum = 0;
  const forget = (nowMs: number): void => {
    const oldestMs = kind === 'sliding' ? nowMs - spanMs : Math.floor(nowMs / spanMs) * spanMs - 1;
    for (let entry = log[first]; entry !== undefined && entry.atMs <= oldestMs; entry = log[first]) {
      sum -= entry.amount;
      first += 1;
    }
    if (first > 512) {
      log = log.slice(first);
      first = 0;
    }
  };
  return {
    used: (nowMs: number): number => {
      forget(nowMs);
      return sum;
    },
    add: (nowMs: number, amount: number): void => {
      log.push({ atMs: nowMs, amount });
      sum += amount;
    },
    /** How long until no more than `most` counts. */
    untilAtMost: (nowMs: number, most: number): number => {
      forget(nowMs);
      if (sum <= most) return 0;
      if (kind === 'fixed') return Math.floor(nowMs / spanMs) * spanMs + spanMs - nowMs;
      let left = sum;
      for (let index = first; index < log.length; index += 1) {
        const entry = log[index];
        left -= entry?.amount ?? 0;
        if (left <= most) return (entry?.atMs ?? nowMs) + spanMs - nowMs + 1;
      }
      return spanMs;
    },
  };
}

export function createLimiter(options: LimiterOptions): (nowMs: number, tokens: number) => Verdict {
  const { kind, tokensPerMinute, requestsPerMinute, sliceMs } = options;
  const tokenMinute = createSpan(kind, 60_000);
  const requestMinute = createSpan(kind, 60_000);
  const requestSlice = createSpan(kind, sliceMs);
  const perSlice = Math.max(1, Math.floor((requestsPerMinute * sliceMs) / 60_000));
  return (nowMs, tokens) => {
    const retryAfterMs = Math.max(
      tokenMinute.untilAtMost(nowMs, tokensPerMinute - tokens),
      requestMinute.untilAtMost(nowMs, requestsPerMinute - 1),
      requestSlice.untilAtMost(nowMs, perSlice - 1),
    );
    const isAdmitted = retryAfterMs === 0;
    requestMinute.add(nowMs, 1);
    requestSlice.add(nowMs, 1);
    if (isAdmitted) tokenMinute.add(nowMs, tokens);
    return { isAdmitted, retryAfterMs, remainingTokens: Math.max(0, tokensPerMinute - tokenMinute.used(nowMs)) };
  };
}
