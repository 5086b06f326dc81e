import type { LimitHints } from './outcome.ts';

/**
 * Whether the counts in the service's headers can be believed. Headers have been seen that stand still, stay at 0 or −1, or jump
 * (openai/openai-dotnet 838, EvolvingPrograms/oaib 11). What is read from them would start several times the quota, or next
 * to nothing. So counts are believed once they have moved with what was charged.
 */

/** In place of a ratio: the count stood still though it had to move. */
export const STILL = 0;
/** In place of a ratio: the count moved by what was not charged. */
export const UNEXPLAINED = -1;

/** The newest readings that count. */
const RECENT = 20;
const FEWEST_READINGS = 4;
/** Charges differ by a fifth or so from what is expected. */
const ALIKE = 0.3;
/** After this many in a row that did not move, the header stands still. */
const STILL_IN_A_ROW = 3;
/** One in this many readings may stand still: in a minute that is reset two counts may happen to be equal. */
const READINGS_OF_ONE_STILL = 8;
/** Fewer readings than this do not keep a factor once the counts stand still. */
const FEWEST_KEPT = 10;

/**
 * Whether counts have moved with what was charged, by at least four of the newest 20 readings. Hardly any may have stood
 * still. Those with other tenants' use in them are unlike the rest: none of the first four may be, of 20 eight.
 *
 * @param ratios charged by estimated, newest last, or `STILL` or `UNEXPLAINED`
 *
 * @example
 * countsMove([1, 1.1, 0.9, 1]) // true
 * countsMove([0.5, 0.5, STILL, STILL]) // false
 */
export function countsMove(ratios: readonly number[]): boolean {
  const recent = ratios.slice(-RECENT);
  const moved = recent.filter((ratio) => ratio !== STILL);
  const stood = recent.length - moved.length;
  if (moved.length < FEWEST_READINGS || stood > recent.length / READINGS_OF_ONE_STILL) return false;
  if (recent.slice(-STILL_IN_A_ROW).every((ratio) => ratio === STILL)) return false;
  return unlikeOf(moved) <= Math.floor((moved.length - FEWEST_READINGS) / 2);
}

/** Whether counts moved, by at least ten readings, until they stood still. `wereMoving([1, 1, 1, 1, STILL])` is false. */
export function wereMoving(ratios: readonly number[]): boolean {
  const before = ratios.slice(0, 1 + ratios.findLastIndex((ratio) => ratio !== STILL));
  return before.length >= FEWEST_KEPT && countsMove(before);
}

/** Whether there are at least two readings, all of them alike. `areAlike([3, 3.1])` is true, `areAlike([3, STILL])` is not. */
export function areAlike(ratios: readonly number[]): boolean {
  return ratios.length >= 2 && unlikeOf(ratios.slice(-RECENT)) === 0;
}

/** How many are no charge, or far from the median. */
function unlikeOf(readings: readonly number[]): number {
  const ratios = readings.filter((ratio) => ratio > 0).toSorted((left, right) => left - right);
  const middle = ratios[Math.floor(ratios.length / 2)] ?? 0;
  return readings.filter((ratio) => ratio <= 0 || Math.abs(ratio - middle) > ALIKE * middle).length;
}

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
