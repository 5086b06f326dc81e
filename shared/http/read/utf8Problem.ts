import { isUtf8 } from 'node:buffer';

/**
 * What is wrong with octets that should be UTF-8, as the rest of a sentence with the place, counted from 0; undefined where
 * nothing is. Overlong forms, surrogates and cut characters are wrong (RFC 3629, 3).
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
  return `is not UTF-8: byte ${place.toLocaleString('en-US')} is 0x${octet}, which cannot stand there`;
}

const SEARCHED_AT_ONCE = 64 * 1024;

const REPLACEMENT = '\ufffd';

/** What stands for U+FFFD itself. */
const REPLACEMENT_BYTES = Buffer.from(REPLACEMENT);

function firstWrong(bytes: Buffer): number {
  let start = 0;
  // The part that is wrong is found by halves; a cut character at the end of a part makes it start a little earlier.
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

/** The last place up to `from` at which no character goes on. */
function characterStart(bytes: Buffer, from: number): number {
  for (let place = from; place > from - 4; place--) if (((bytes[place] ?? 0) & 0xc0) !== 0x80) return place;
  return from;
}
