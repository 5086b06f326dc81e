import { isCount } from './countOf.ts';
import type { Outcome } from './outcome.ts';
import type { LoweredLimit } from './poolState.ts';

/**
 * How long a 429 keeps us away. A hint is believed within bounds: a quota's window is one minute, so its wait is 250 ms
 * to 60 s; a lack of capacity may last, so 250 ms to 5 minutes (a service has been seen to send 86,400 s). Without a
 * hint the wait doubles with every 429 in a row: from 5 s (quota, unknown) or 10 s (capacity) up to the same bound.
 */
export function blockMs(throttled: Extract<Outcome, { kind: 'throttled' }>, throttledInARow: number): number {
  const { firstMs, mostMs } =
    throttled.over === 'capacity' ? { firstMs: 10_000, mostMs: 300_000 } : { firstMs: 5_000, mostMs: 60_000 };
  const wishedMs = throttled.waitMs ?? firstMs * 2 ** Math.min(10, throttledInARow - 1);
  return Number.isNaN(wishedMs) ? firstMs : Math.min(mostMs, Math.max(LEAST_WAIT_MS, wishedMs));
}

const LEAST_WAIT_MS = 250;

/** How long a lowered limit is taken to hold when no later answer tells otherwise. */
const LOWERED_MS = 10 * 60_000;

/**
 * The lowered limit after an answer: a service may work with less than the quota for hours, and says so only in
 * `x-ratelimit-limit-tokens`. An answer without the header leaves it as it was, and so does a lower limit that nothing
 * supports: neither a 429 nor counts that move with what is charged. One with the full quota ends it.
 */
export function loweredLimitAfter(
  lowered: LoweredLimit | null,
  told: {
    readonly limitTokens: number | undefined;
    readonly tokensPerMinute: number;
    readonly nowMs: number;
    readonly isBelieved: boolean;
  },
): LoweredLimit | null {
  const { limitTokens, tokensPerMinute } = told;
  if (limitTokens === undefined || !isCount(limitTokens) || limitTokens === 0) return lowered;
  if (limitTokens >= tokensPerMinute) return null;
  return told.isBelieved ? { tokensPerMinute: limitTokens, untilMs: told.nowMs + LOWERED_MS } : lowered;
}
