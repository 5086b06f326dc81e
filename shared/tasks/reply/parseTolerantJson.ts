import { exactNumber } from '../schema/jsonValue.ts';

/**
 * JSON as models write it: comments, trailing commas, raw line breaks and unknown escapes within strings are read.
 * Nothing is guessed: other values (`NaN`, `1,5`, `None`) are read as undefined, and single quotes, bare keys and
 * missing commas end the reading; what was complete before is kept. A number with more digits than a double holds is
 * its text.
 */

export interface TolerantJson {
  readonly value: unknown;
  /** The position after the value. */
  readonly end: number;
  /** `cut`: the text ends too early. `broken`: the text at `end` is not JSON. */
  readonly ending: 'whole' | 'cut' | 'broken';
  /** A record has a key with several values; the last one is kept. */
  readonly hasRivals?: true;
}

/** Deeper nesting than this is no answer of any shape we ask for, and would overflow the stack. */
const MAX_DEPTH = 64;
const SCALAR = /[^\s,:"{}[\]/]*/y;
const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;
const LITERALS: ReadonlyMap<string, unknown> = new Map<string, unknown>([
  ['true', true],
  ['false', false],
  ['null', null],
]);
const BLANK = /(?:\s|\/\/[^\n]*|\/\*[\s\S]*?\*\/)*/y;
/** Marks a value that the text cuts too early to know it. */
const LOST = Symbol('lost');

/** Reads one JSON value that begins at `start`. `parseTolerantJson('{"a":[1,],} bye', 0)` is `{a:[1]}` ending at 11. */
export function parseTolerantJson(text: string, start: number): TolerantJson {
  let at = start;
  let ending: TolerantJson['ending'] = 'whole';
  let hasRivals = false;

  const goesOn = (): boolean => ending === 'whole';

  const breakOff = (): typeof LOST => {
    ending = 'broken';
    return LOST;
  };

  const skipBlank = (): void => {
    BLANK.lastIndex = at;
    at += BLANK.exec(text)?.[0].length ?? 0;
    if (text.startsWith('/*', at)) at = text.length;
    if (at >= text.length) ending = 'cut';
  };

  const readString = (): string => {
    const from = at + 1;
    at = from;
    while (at < text.length && text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
    if (at >= text.length) {
      ending = 'cut';
      at = text.length;
      return unescaped(text.slice(from).replace(HALF_ESCAPE, '$1'));
    }
    at += 1;
    return unescaped(text.slice(from, at - 1));
  };

  const readScalar = (): unknown => {
    SCALAR.lastIndex = at;
    const word = SCALAR.exec(text)?.[0] ?? '';
    if (word === '') return breakOff();
    at += word.length;
    if (at >= text.length) {
      ending = 'cut';
      return LOST;
    }
    if (LITERALS.has(word)) return LITERALS.get(word);
    return NUMBER.test(word) ? (exactNumber(word) ?? word) : undefined;
  };

  const readList = (depth: number): unknown[] => {
    const items: unknown[] = [];
    at += 1;
    for (;;) {
      skipBlank();
      if (!goesOn()) return items;
      if (text[at] === ']') break;
      const item = readValue(depth + 1);
      if (item !== LOST) items.push(item);
      if (!goesOn() || !anotherFollows(']')) break;
    }
    if (goesOn()) at += 1;
    return items;
  };

  const readRecord = (depth: number): Record<string, unknown> => {
    const entries: [string, unknown][] = [];
    at += 1;
    for (;;) {
      skipBlank();
      if (!goesOn() || text[at] === '}') break;
      const key = readKey();
      if (key === LOST) break;
      const item = readValue(depth + 1);
      if (item !== LOST) entries.push([key, item]);
      if (!goesOn() || !anotherFollows('}')) break;
    }
    if (goesOn()) at += 1;
    // Not by assignment: a key named __proto__ stays a key.
    const record: Record<string, unknown> = Object.fromEntries(entries);
    if (Object.keys(record).length < entries.length) hasRivals ||= entries.some((entry) => isRival(entry, record));
    return record;
  };

  /** A key and its colon. */
  const readKey = (): string | typeof LOST => {
    if (text[at] !== '"') return breakOff();
    const key = readString();
    if (goesOn()) skipBlank();
    if (goesOn() && text[at] !== ':') breakOff();
    if (!goesOn()) return LOST;
    at += 1;
    skipBlank();
    return goesOn() ? key : LOST;
  };

  const anotherFollows = (close: string): boolean => {
    skipBlank();
    if (!goesOn() || text[at] === close) return false;
    if (text[at] !== ',') breakOff();
    else at += 1;
    return goesOn();
  };

  const readValue = (depth: number): unknown => {
    if (depth > MAX_DEPTH) return breakOff();
    if (text[at] === '{') return readRecord(depth);
    if (text[at] === '[') return readList(depth);
    if (text[at] === '"') return readString();
    return readScalar();
  };

  const value = readValue(0);
  const found = { value: value === LOST ? undefined : value, end: Math.min(at, text.length), ending };
  return hasRivals ? { ...found, hasRivals } : found;
}

/** Whether the record holds another value under the key. */
function isRival([key, item]: readonly [string, unknown], record: Readonly<Record<string, unknown>>): boolean {
  return JSON.stringify(item) !== JSON.stringify(record[key]);
}

/** A cut string may end within an escape; pairs of backslashes before it are whole. */
const HALF_ESCAPE = /((?:^|[^\\])(?:\\\\)*)\\(?:u[\da-fA-F]{0,3})?$/;
const UNKNOWN_ESCAPE = /\\(?:(["\\/bfnrt]|u[\da-fA-F]{4})|)/g;

/** A backslash before a letter that makes no escape is a backslash: `C:\Users`, `snake\_case`. */
function unescaped(body: string): string {
  const known = body.replace(UNKNOWN_ESCAPE, (whole, letter: string | undefined) =>
    letter === undefined ? '\\\\' : whole,
  );
  // biome-ignore lint/suspicious/noControlCharactersInRegex: raw control characters are what strict JSON forbids here
  const strict = known.replace(/[\u0000-\u001f]/g, (raw) => `\\u${raw.charCodeAt(0).toString(16).padStart(4, '0')}`);
  return String(JSON.parse(`"${strict}"`));
}
