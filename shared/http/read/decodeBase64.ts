import { formatCount } from '../../errors.ts';
import { isBytes } from './readBody.ts';
/** An image in base64, decoded; or what is wrong with it, as the rest of a sentence. */
export type Decoded =
  | { readonly kind: 'bytes'; readonly bytes: Buffer }
  | { readonly kind: 'wrong'; readonly reason: string };

/** Octets per step: about a millisecond of work, after which other requests can run. */
const STEP_BYTES = 256 * 1024;

/** Of a data URL: `data:image/png;base64,` */
const DATA_URL = /^\s*data:([^,]{0,200}),/i;

/**
 * Line breaks with the indentation around them. A space between two characters does not count: it may be a lost `+`.
 */
const LINE_BREAKS = /[ \t]*[\r\n][ \t\r\n]*/g;

const NOT_BASE64 = /[^A-Za-z0-9+/_=-]/;

/**
 * Decodes the base64 of a JSON string in steps, so that a large one does not block the process: between two steps the
 * caller can let other requests run. Both alphabets (RFC 4648, 4 and 5) are read, with line breaks and with a data
 * URL's head before it; padding may be left out.
 *
 * @param raw the text between the quotes, escapes included. **It is overwritten**: the bytes replace the text, so that
 * no second copy of an image is needed
 */
export function* decodeBase64Steps(raw: Buffer): Generator<void, Decoded> {
  let written = 0;
  let carried = '';
  let padding = 0;
  let characters = 0;
  for (let from = 0; from < raw.byteLength; ) {
    const until = stepEnd(raw, from);
    const text = unescaped(raw.toString('latin1', from, until));
    if (typeof text !== 'string') return text;
    const head = from === 0 ? readHead(text) : '';
    if (typeof head !== 'string') return head;
    const isLast = until === raw.byteLength;
    const body = trimmed(text.slice(head.length), { isFirst: from === 0, isLast });
    const odd = NOT_BASE64.exec(body)?.[0];
    if (odd !== undefined) return wrong(oddCharacter(odd, characters + text.indexOf(odd, head.length) + 1));
    characters += text.length;
    const end = body.indexOf('=');
    const digits = end === -1 ? body : body.slice(0, end);
    if (padding > 0 && digits !== '') return wrong('goes on after its padding (=): it is several texts in one');
    if (end !== -1) {
      if (/[^=]/.test(body.slice(end))) return wrong('goes on after its padding (=): it is several texts in one');
      padding += body.length - end;
    }
    const available = carried + digits;
    const whole = isLast ? available.length : available.length - (available.length % 4);
    if (isLast && available.length % 4 === 1) return wrong('is cut short: its last group has one character only');
    const missing = (4 - (available.length % 4)) % 4;
    if (isLast && padding !== 0 && padding !== missing) {
      return wrong(`ends with ${padding} padding characters (=) where ${missing} belong: it may be cut short`);
    }
    written += raw.write(available.slice(0, whole), written, 'base64');
    carried = available.slice(whole);
    from = until;
    if (!isLast) yield;
  }
  return written === 0 ? wrong('is empty') : { kind: 'bytes', bytes: raw.subarray(0, written) };
}

/** Where a step ends: not within an escape, nor within white space, which is checked as a whole. */
function stepEnd(raw: Buffer, from: number): number {
  let end = Math.min(from + STEP_BYTES, raw.byteLength);
  if (end === raw.byteLength) return end;
  const backslash = raw.lastIndexOf(0x5c, end - 1);
  if (backslash > from && backslash > end - 6) end = backslash;
  const blank = /(?:\s|\\[nrt])+$/.exec(raw.toString('latin1', Math.max(from, end - 200), end))?.[0].length ?? 0;
  return end - blank > from ? end - blank : end;
}

/** The text that a JSON string stands for. */
function unescaped(raw: string): string | Decoded {
  if (/[^\x20-\uffff]/.test(raw))
    return wrong('holds a line break or another control character that JSON must escape (\\n)');
  if (!raw.includes('\\')) return raw;
  try {
    return JSON.parse(`"${raw}"`) as string;
  } catch {
    return wrong('holds an escape (\\) that JSON does not have');
  }
}

/** The head of a data URL, empty if there is none. */
function readHead(text: string): string | Decoded {
  const [head, parameters = ''] = DATA_URL.exec(text) ?? [''];
  if (head === '') return '';
  const [type = '', ...rest] = parameters.split(';').map((part) => part.trim().toLowerCase());
  if (rest.at(-1) !== 'base64') return wrong('is a data URL without ;base64 before its comma');
  if (type !== '' && !isBytes(type)) {
    return wrong(`is a data URL of ${JSON.stringify(type.slice(0, 80))}; it must be of an image or a PDF`);
  }
  return head;
}

function trimmed(text: string, { isFirst, isLast }: { readonly isFirst: boolean; readonly isLast: boolean }): string {
  const bare = text.replace(LINE_BREAKS, '');
  const started = isFirst ? bare.trimStart() : bare;
  return isLast ? started.trimEnd() : started;
}

function oddCharacter(character: string, place: number): string {
  const at = `at character ${formatCount(place)}`;
  if (character === ' ') return `has a space ${at}: probably a + that was decoded as in a form`;
  const shown = character < '\x7f' ? JSON.stringify(character) : 'a character that is not ASCII';
  return `has ${shown} ${at}, which is not base64`;
}

function wrong(reason: string): Decoded {
  return { kind: 'wrong', reason };
}
