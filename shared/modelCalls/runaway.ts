import { findRepetition } from '../tasks/reply/findRepetition.ts';

/** How much of an answer's end is checked. */
const TAIL_CHARACTERS = 2_000;

/**
 * How often a cut answer repeats itself at its end; undefined if it does not. A model in such a loop stays in it at
 * any cap, so a larger cap is of no use.
 *
 * `runawayRepeats('{"text":"' + 'and so on '.repeat(80))` is a number.
 */
export function runawayRepeats(text: string): number | undefined {
  return findRepetition(text.slice(-TAIL_CHARACTERS).replace(/[^\p{L}\p{N}\s]+/gu, ' '));
}
