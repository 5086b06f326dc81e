import { isUtf8 } from 'node:buffer';
import { formatCount } from '../../errors.ts';

/** Finds where octets stop being UTF-8, and where text stops being JSON, for messages about a broken body. */

/**
 * What is wrong with octets that should be UTF-8, as the rest of a sentence with the place, counted from 0; undefined
 * if nothing is. Overlong forms, surrogates and cut characters are wrong (RFC 3629, 3).
 *
 * @example utf8Problem(Buffer.from('caf\xe9', 'latin1')) // 'is not UTF-8: byte 3 is 0xE9, which cannot stand there'
 */
export function utf8Problem(bytes: Buffer): string | undefined {
  const [first, second] = bytes;
  if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff)) {
    return 'is UTF-16: it begins with the byte order mark of that encoding';
  }
  if (bytes.byteLength > 1 && (first === 0 || second === 0)) {
    return `is UTF-16 or UTF-32: byte ${first === 0 ? 0 : 1} is 0`;
  }
  if (isUtf8(bytes)) return undefined;
  const place = firstWrong(bytes);
  const octet = (bytes[place] ?? 0).toString(16).toUpperCase().padStart(2, '0');
  return `is not UTF-8: byte ${formatCount(place)} is 0x${octet}, which cannot stand there`;
}

const SEARCHED_AT_ONCE = 64 * 1024;

const REPLACEMENT = '\ufffd';

/** The octets of U+FFFD itself. */
const REPLACEMENT_BYTES = Buffer.from(REPLACEMENT);

function firstWrong(bytes: Buffer): number {
  let start = 0;
  // Binary search for the wrong part. A character cut at the end of a part moves the start back a little.
  while (start + SEARCHED_AT_ONCE < bytes.byteLength) {
    const end = characterStart(bytes, start + SEARCHED_AT_ONCE);
    if (!isUtf8(bytes.subarray(start, end))) break;
    start = end;
  }
  const text = bytes.toString('utf8', start, start + SEARCHED_AT_ONCE);
  let place = start;
  let from = 0;
  for (let at = text.indexOf(REPLACEMENT); at !== -1; at = text.indexOf(REPLACEMENT, from)) {
    place += Buffer.byteLength(text.slice(from, at));
    if (!bytes.subarray(place, place + REPLACEMENT_BYTES.byteLength).equals(REPLACEMENT_BYTES)) return place;
    place += REPLACEMENT_BYTES.byteLength;
    from = at + 1;
  }
  return place;
}

/** The last character boundary up to `from`. */
function characterStart(bytes: Buffer, from: number): number {
  for (let place = from; place > from - 4; place--) if (((bytes[place] ?? 0) & 0xc0) !== 0x80) return place;
  return from;
}

/** Most texts have none of these. Only otherwise are the escapes checked one by one. */
const MAY_BE_SURROGATE = /\\u[dD][89a-fA-F]/;

const ESCAPE = /\\(?:u([0-9a-fA-F]{4})|[\s\S])/g;

/**
 * Where JSON text has an escape that is half a surrogate pair: the parser lets it pass, and no UTF-8 can carry it.
 *
 * @example loneSurrogateAt('"a\\ud83d"') // 2
 */
export function loneSurrogateAt(json: string): number | undefined {
  if (!MAY_BE_SURROGATE.test(json)) return undefined;
  let open: number | undefined;
  for (const { 1: digits, index } of json.matchAll(ESCAPE)) {
    const unit = digits === undefined ? 0 : Number.parseInt(digits, 16);
    const isLow = unit >= 0xdc00 && unit <= 0xdfff;
    if (open !== undefined && !(isLow && index === open + 6)) return open;
    if (open === undefined && isLow) return index;
    open = unit >= 0xd800 && unit <= 0xdbff ? index : undefined;
  }
  return open;
}

/** Longer texts are not searched, because each try parses a part of them again. */
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

/** Whether text is JSON or a prefix of JSON. */
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
