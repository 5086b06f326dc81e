import { BUCKETS_OF_A_MINUTE } from './buckets.ts';
import type { Charge } from './charge.ts';
import { firstIndexAfter } from './charges.ts';

/** A fall of the count: after the first bucket, by the second. */
export interface Fall {
  readonly afterBucket: number;
  readonly byBucket: number;
}

/** What two counts of the service show of its charges. */
export type Reading =
  /** The count moved by the charge of these requests. `ratio`: charged by estimated. */
  | {
      readonly kind: 'charged';
      readonly ratio: number;
      /** Set if a single request lies between two answers: its index and what it was charged. */
      readonly single: { readonly index: number; readonly tokens: number } | null;
    }
  /** The count stood still though requests were charged and none left the minute: such a count says nothing. */
  | { readonly kind: 'still' }
  /** Our charges do not explain the move: other tenants' use, a reset of the minute, or no real count. */
  | { readonly kind: 'unexplained'; readonly fell: Fall | null }
  /** Not known: the first of several requests on their way, or an edge of the minute. */
  | { readonly kind: 'unknown' };

const UNKNOWN: Reading = { kind: 'unknown' };

/**
 * What was charged for the requests after the last one with a known count, up to the one at `index`. If the service's window
 * slides, charges also left it in the meantime; if it is reset, they did not. The documentation does not say which it is, so the
 * reading nearest to the expected charge is taken.
 *
 * A count that is the same as the one before it is never a reading of a charge: a header that is stuck reads like that.
 */
export function chargedSinceLast(
  charges: readonly Charge[],
  of: { readonly index: number; readonly factor: number; readonly isBelieved: boolean },
): Reading {
  const { index, factor, isBelieved } = of;
  const sent = charges[index];
  if (sent === undefined || sent.countedTokens === null) return UNKNOWN;
  const from = charges.findLastIndex((charge, at) => at < index && charge.countedTokens !== null);
  const previous = charges[from];
  const last = isMinuteApart(previous, sent) ? undefined : previous;
  const first = last === undefined ? firstIndexAfter(charges, sent.bucket - BUCKETS_OF_A_MINUTE) : from + 1;
  const since = charges.slice(first, index + 1).filter((charge) => charge.admissionTokens > 0);
  const admission = since.reduce((sum, charge) => sum + charge.admissionTokens, 0);
  if (admission === 0) return UNKNOWN;
  const expected = admission * factor;
  const hasMoved = previous !== undefined && previous.countedTokens !== sent.countedTokens;
  if (last === undefined) {
    if (previous === undefined || since.length > 1) return UNKNOWN;
    if (hasMoved) return charged(sent.countedTokens, { since, index, admission });
    return Math.abs(sent.countedTokens - expected) > expected * NEAR ? { kind: 'still' } : UNKNOWN;
  }
  const difference = sent.countedTokens - (last.countedTokens ?? 0);
  const left = leftBetween(charges, { bucket: last.bucket, laterBucket: sent.bucket, isBelieved });
  const hasNoneLeft = left.every((leftTokens) => leftTokens === 0);
  if (!hasMoved) return hasNoneLeft ? { kind: 'still' } : UNKNOWN;
  const fell = difference < 0 ? { afterBucket: last.bucket, byBucket: sent.bucket } : null;
  // Requests of neighbouring buckets may arrive in either order.
  const unexplained: Reading = last.bucket >= sent.bucket - 1 ? UNKNOWN : { kind: 'unexplained', fell };
  const isSingle = since.length === 1 && last.bucket <= sent.bucket;
  if (!isBelieved && !hasNoneLeft) {
    const scaled = scaleOf({ difference, admission, left, factor });
    if (scaled === 'unknown') return UNKNOWN;
    if (scaled === 'none') return unexplained;
    return charged(scaled * admission, { since: isSingle ? since : [], index, admission });
  }
  const readings = [0, ...left].map((leftTokens) => difference + leftTokens);
  const tokens = readings.reduce((best, one) => (Math.abs(one - expected) < Math.abs(best - expected) ? one : best));
  const isNear = (one: number): boolean => Math.abs(one - expected) <= expected * NEAR;
  if (!isNear(tokens) && !(hasNoneLeft && tokens > 0)) {
    return unexplained;
  }
  if (readings.some((one) => one !== tokens && isNear(one))) return UNKNOWN;
  return charged(tokens, { since: isSingle ? since : [], index, admission });
}

/**
 * The factor by which a count moved while charges came and others left, before any count is believed. It uses our estimates
 * alone, so that a count cannot confirm what was read from it before. Unknown if as much came as left.
 */
function scaleOf(of: {
  readonly difference: number;
  readonly admission: number;
  readonly left: readonly number[];
  readonly factor: number;
}): number | 'unknown' | 'none' {
  const { difference, admission, left, factor } = of;
  const changes = [0, ...left].map((leftTokens) => admission - leftTokens);
  if (changes.slice(1).every((change) => Math.abs(change) < LEAST_CHANGE * admission))
    return Math.abs(difference) <= factor * admission ? 'unknown' : 'none';
  const scales = changes
    .filter((change) => Math.abs(change) >= LEAST_CHANGE * admission)
    .map((change) => difference / change)
    .filter((scale) => scale > 0);
  const [first, ...others] = scales;
  if (first === undefined) return 'none';
  return others.reduce((best, one) => (Math.abs(one - factor) < Math.abs(best - factor) ? one : best), first);
}

/** What came and what left must differ by this part of what came, or the spread of charges hides the difference. */
const LEAST_CHANGE = 0.5;

function charged(
  tokens: number,
  of: { readonly since: readonly Charge[]; readonly index: number; readonly admission: number },
): Reading {
  const single = of.since.length === 1 ? { index: of.index, tokens } : null;
  return { kind: 'charged', ratio: tokens / of.admission, single };
}

/** Readings further than this part from the expected charge may include a reset or other tenants' use. */
const NEAR = 0.4;

function isMinuteApart(last: Charge | undefined, sent: Charge): boolean {
  return last === undefined || last.bucket <= sent.bucket - BUCKETS_OF_A_MINUTE;
}

/** Tokens, or our estimates of them, that left a sliding minute between two moments, by each reading of its edges. */
function leftBetween(
  charges: readonly Charge[],
  of: { readonly bucket: number; readonly laterBucket: number; readonly isBelieved: boolean },
): readonly number[] {
  const { bucket, laterBucket, isBelieved } = of;
  const span = BUCKETS_OF_A_MINUTE;
  return [0, 1].flatMap((early) =>
    [0, 1].map((late) =>
      charges
        .slice(firstIndexAfter(charges, bucket - span - early), firstIndexAfter(charges, laterBucket - span - late))
        .reduce((sum, charge) => sum + (isBelieved ? charge.tokens : charge.admissionTokens), 0),
    ),
  );
}
