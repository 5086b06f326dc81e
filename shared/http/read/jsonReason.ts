/** Longer texts are not searched: each try parses a part of them anew. */
const LONGEST_SEARCHED = 64 * 1024;

/**
 * Where text stops being JSON, as an addition to a sentence: ` (line 1, column 5)`. The parser's own message is left out: it
 * quotes the text, and names a place only for some errors.
 *
 * @example jsonReason('{"a":}') // ' (line 1, column 6)'
 */
export function jsonReason(text: string): string {
  if (text.trim() === '') return ': it is empty';
  if (endsTooEarly(text)) return ': it ends too early';
  if (text.length > LONGEST_SEARCHED) return '';
  let [good, wrong] = [0, text.length];
  while (wrong - good > 1) {
    const middle = Math.floor((good + wrong) / 2);
    if (endsTooEarly(text.slice(0, middle))) good = middle;
    else wrong = middle;
  }
  const before = text.slice(0, good).split('\n');
  return ` (line ${before.length}, column ${(before.at(-1)?.length ?? 0) + 1})`;
}

/** Whether text is the beginning of something that may yet become JSON, or is JSON. */
function endsTooEarly(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch (error) {
    const { message } = error as Error;
    const place = /at position (\d+)/.exec(message)?.[1];
    return /^Unexpected end|^Unterminated string/.test(message) || Number(place ?? -1) >= text.length;
  }
}
