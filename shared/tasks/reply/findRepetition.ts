/** Scripts that write without spaces are compared letter by letter. */
const WORD =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]|[^\s\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]+/gu;
const LONGEST_UNIT_WORDS = 40;
const LEAST_REPEATS = 5;
/** A short unit must fill this many words: "no, no, no, no, no!" is something that people write. */
const LEAST_WORDS = 20;

/**
 * How often the same words stand in a row where a text turns in circles; undefined where it does not. Only units with a
 * letter count, so that a column of zeros is no circle. `findRepetition('la '.repeat(30))` is 30.
 */
export function findRepetition(text: string): number | undefined {
  const words = text.match(WORD) ?? [];
  const spoken = [0];
  for (const word of words) spoken.push((spoken.at(-1) ?? 0) + (/\p{L}/u.test(word) ? 1 : 0));
  for (let unit = 1; unit <= LONGEST_UNIT_WORDS; unit += 1) {
    let run = 0;
    for (let place = unit; place < words.length; place += 1) {
      run = words[place] === words[place - unit] ? run + 1 : 0;
      const covered = run + unit;
      if (covered < LEAST_WORDS || covered < unit * LEAST_REPEATS) continue;
      if ((spoken[place + 1] ?? 0) > (spoken[place + 1 - unit] ?? 0)) {
        let last = place + 1;
        while (last < words.length && words[last] === words[last - unit]) last += 1;
        return Math.floor((covered + last - place - 1) / unit);
      }
    }
  }
  return undefined;
}
