import type { Charge } from '../../local/regions/chargeLog.ts';
import { percentile } from '../figure.ts';
import type { LiveJob } from './jobs.ts';

/** What a player has made of a match, by the regions' charge logs alone. */
export interface Score {
  /** In the time that counts, as all that follows. */
  readonly answered: number;
  readonly refused: number;
  readonly refusedPer100: number;
  /** Tokens of the requests that were let in, as a part of what the quotas hold. */
  readonly quotaShare: number;
  /** From an image's coming to the arrival of the request that was answered. */
  readonly holdMs: { readonly p50: number; readonly p95: number };
  /** Given up by their callers, of those that came in that time. */
  readonly lost: number;
  /** Neither answered nor given up when the match was over. */
  readonly left: number;
}

export interface Span {
  readonly fromMs: number;
  readonly untilMs: number;
}

export function scoreOf(
  match: {
    readonly jobs: readonly LiveJob[];
    readonly startMs: number;
    /** Epoch milliseconds. */
    readonly counting: Span;
    readonly tokensPerMinute: number;
  },
  seen: { readonly charges: readonly Charge[]; readonly lost: ReadonlySet<string> },
): Score {
  const { counting, startMs } = match;
  const within = (atMs: number): boolean => atMs >= counting.fromMs && atMs < counting.untilMs;
  const charges = seen.charges.filter(({ receivedAtMs }) => within(receivedAtMs));
  const answeredAt = new Map<string, number>();
  for (const { status, receivedAtMs, images } of seen.charges) {
    for (const { sha256 } of status === 200 ? images : []) answeredAt.set(sha256, receivedAtMs);
  }
  const came = match.jobs.filter(({ atMs }) => within(startMs + atMs));
  const holdsMs = came.flatMap(({ sha256, atMs }) => {
    const atRegionMs = answeredAt.get(sha256);
    return atRegionMs === undefined ? [] : [atRegionMs - startMs - atMs];
  });
  const answered = charges.filter(({ status }) => status === 200).length;
  const refused = charges.filter(({ status }) => status === 429).length;
  const letIn = charges.reduce((sum, { admitted, admissionTokens }) => sum + (admitted ? admissionTokens : 0), 0);
  const minutes = (counting.untilMs - counting.fromMs) / 60_000;
  const unanswered = came.filter(({ sha256 }) => !answeredAt.has(sha256));
  const lost = unanswered.filter(({ sha256 }) => seen.lost.has(sha256)).length;
  return {
    answered,
    refused,
    refusedPer100: (100 * refused) / answered,
    quotaShare: letIn / (match.tokensPerMinute * minutes),
    holdMs: { p50: percentile(holdsMs, 0.5), p95: percentile(holdsMs, 0.95) },
    lost,
    left: unanswered.length - lost,
  };
}
