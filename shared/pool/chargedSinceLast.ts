import { BUCKETS_OF_A_MINUTE, MINUTE_BUCKETS } from './buckets.ts';
import { firstIndexAfter } from './charges.ts';
import type { Charge } from './poolState.ts';

export interface Charged {
  /** Charged by estimated. */
  readonly ratio: number;
  /** Where a single request lies between two answers: its place in the list and what it was charged. */
  readonly single: { readonly index: number; readonly tokens: number } | null;
}

/**
 * What was charged for the requests after the last one that was told of, up to the one at `index`. In a window that
 * slides, what left it in the meantime counts as well; in one that is reset it does not. Which of the two the service
 * has is stated nowhere: of all readings the one nearest to what is expected is taken. Undefined where the answers do not
 * tell: the first of several on their way, a minute that was reset, somebody else's use in between.
 */
export function chargedSinceLast(
  charges: readonly Charge[],
  of: { readonly index: number; readonly factor: number },
): Charged | undefined {
  const { index, factor } = of;
  const sent = charges[index];
  if (sent === undefined || sent.countedTokens === null) return undefined;
  const from = charges.findLastIndex((charge, at) => at < index && charge.countedTokens !== null);
  const last = from === -1 || isMinuteApart(charges[from], sent) ? undefined : charges[from];
  const first = last === undefined ? firstIndexAfter(charges, sent.bucket - MINUTE_BUCKETS) : from + 1;
  const since = charges.slice(first, index + 1).filter((charge) => charge.admissionTokens > 0);
  const admission = since.reduce((sum, charge) => sum + charge.admissionTokens, 0);
  if (admission === 0 || (last === undefined && since.length > 1)) return undefined;
  const difference = sent.countedTokens - (last?.countedTokens ?? 0);
  const left = last === undefined ? [] : leftBetween(charges, last.bucket, sent.bucket);
  const expected = admission * factor;
  const readings = [0, ...left].map((leftTokens) => difference + leftTokens);
  const tokens = readings.reduce((best, one) => (Math.abs(one - expected) < Math.abs(best - expected) ? one : best));
  const isNear = Math.abs(tokens - expected) <= expected * NEAR;
  const isPlain = left.every((leftTokens) => leftTokens === 0) && tokens > 0;
  if (!isNear && !isPlain) return undefined;
  const isCertain = readings.every((one) => one === tokens || Math.abs(one - expected) > expected * NEAR);
  if (!isCertain) return undefined;
  const isSingle = since.length === 1 && (last === undefined || last.bucket <= sent.bucket);
  return { ratio: tokens / admission, single: isSingle ? { index, tokens } : null };
}

/** Readings further than this part from what is expected may hold a reset or somebody else's use. */
const NEAR = 0.4;

function isMinuteApart(last: Charge | undefined, sent: Charge): boolean {
  return last === undefined || last.bucket <= sent.bucket - BUCKETS_OF_A_MINUTE;
}

/** Tokens that left a sliding minute between two moments, by each reading of what lies on the edge of a bucket. */
function leftBetween(charges: readonly Charge[], bucket: number, laterBucket: number): readonly number[] {
  const span = BUCKETS_OF_A_MINUTE;
  return [0, 1].flatMap((early) =>
    [0, 1].map((late) =>
      charges
        .slice(firstIndexAfter(charges, bucket - span - early), firstIndexAfter(charges, laterBucket - span - late))
        .reduce((sum, charge) => sum + charge.tokens, 0),
    ),
  );
}
