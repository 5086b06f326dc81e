import { findRepetition } from '../tasks/reply/findRepetition.ts';

/** So much of an answer's end is looked at. */
const TAIL_CHARACTERS = 2_000;

/**
 * How often an answer that was cut at its cap says the same at its end; undefined where it does not. A model that turns
 * in circles does so at any cap: it is not asked for a longer answer.
 *
 * `runawayRepeats('{"text":"' + 'and so on '.repeat(80))` is a number.
 */
export function runawayRepeats(text: string): number | undefined {
  return findRepetition(text.slice(-TAIL_CHARACTERS).replace(/[^\p{L}\p{N}\s]+/gu, ' '));
}
