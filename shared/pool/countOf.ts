import type { LimitHints } from './outcome.ts';

/**
 * What the service has counted in its minute when it answered, the answered request included: the limit less what
 * remains. Without a limit, the configured quota is the limit.
 *
 * @returns null where the headers are absent or cannot be counts: negative, not whole, no more than nothing counted
 *   although a request was, or more remaining than the limit
 *
 * @example
 * countOf({ remainingTokens: 8_500, limitTokens: 10_000 }, 10_000) // 1_500
 * countOf({ remainingTokens: -1, limitTokens: -1 }, 10_000) // null
 */
export function countOf(hints: LimitHints, tokensPerMinute: number): number | null {
  const { remainingTokens, limitTokens = tokensPerMinute } = hints;
  if (remainingTokens === undefined || !isCount(remainingTokens) || !isCount(limitTokens)) return null;
  const countedTokens = limitTokens - remainingTokens;
  return countedTokens > 0 ? countedTokens : null;
}

/** Whether a header's number may be a number of tokens. `isCount(-1)` is false. */
export function isCount(tokens: number): boolean {
  return Number.isSafeInteger(tokens) && tokens >= 0;
}
