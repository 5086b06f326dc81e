/**
 * JSON as models write it: comments, trailing commas and raw line breaks within strings are read; where the text ends
 * too early, what was complete (and the begun string) is kept and `isCut` says so. Nothing is guessed: single quotes,
 * bare words and missing commas are broken JSON.
 */

export type TolerantJson =
  | { readonly kind: 'value'; readonly value: unknown; readonly end: number; readonly isCut: boolean }
  | { readonly kind: 'broken'; readonly at: number };

/** Deeper nesting than this is no answer of any shape we ask for, and would overflow the stack. */
const MAX_DEPTH = 64;
const SCALAR = /[-+.\w]*/y;
const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;
const LITERALS: ReadonlyMap<string, unknown> = new Map<string, unknown>([
  ['true', true],
  ['false', false],
  ['null', null],
]);
const BLANK = /(?:\s|\/\/[^\n]*|\/\*[\s\S]*?\*\/)*/y;
/** Stands for a value of which the text holds too little to know it. */
const LOST = Symbol('lost');

class Broken extends Error {}

/** Reads one JSON value that begins at `start`. `parseTolerantJson('{"a":[1,],} bye', 0)` is `{a:[1]}` ending at 11. */
export function parseTolerantJson(text: string, start: number): TolerantJson {
  let at = start;
  let isCut = false;

  const skipBlank = (): void => {
    BLANK.lastIndex = at;
    at += BLANK.exec(text)?.[0].length ?? 0;
    if (text.startsWith('/*', at)) at = text.length;
    if (at >= text.length) isCut = true;
  };

  const readString = (): string => {
    const from = at + 1;
    at = from;
    while (at < text.length && text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
    if (at >= text.length) {
      isCut = true;
      at = text.length;
      return unescaped(text.slice(from).replace(/\\(?:u[\da-fA-F]{0,3})?$/, ''));
    }
    at += 1;
    return unescaped(text.slice(from, at - 1));
  };

  const readScalar = (): unknown => {
    SCALAR.lastIndex = at;
    const word = SCALAR.exec(text)?.[0] ?? '';
    if (word === '') throw new Broken();
    at += word.length;
    if (at >= text.length) {
      isCut = true;
      return LOST;
    }
    if (LITERALS.has(word)) return LITERALS.get(word);
    if (NUMBER.test(word)) return Number(word);
    throw new Broken();
  };

  const readList = (depth: number): unknown[] => {
    const items: unknown[] = [];
    at += 1;
    for (;;) {
      skipBlank();
      if (isCut) return items;
      if (text[at] === ']') break;
      const item = readValue(depth + 1);
      if (item !== LOST) items.push(item);
      if (isCut || !anotherFollows(']')) break;
    }
    at += 1;
    return items;
  };

  const readRecord = (depth: number): Record<string, unknown> => {
    const entries: [string, unknown][] = [];
    at += 1;
    for (;;) {
      skipBlank();
      if (isCut || text[at] === '}') break;
      if (text[at] !== '"') throw new Broken();
      const key = readString();
      skipBlank();
      if (isCut) break;
      if (text[at] !== ':') throw new Broken();
      at += 1;
      skipBlank();
      if (isCut) break;
      const item = readValue(depth + 1);
      if (item !== LOST) entries.push([key, item]);
      if (isCut || !anotherFollows('}')) break;
    }
    at += 1;
    // Not by assignment: a key named __proto__ stays a key.
    return Object.fromEntries(entries);
  };

  const anotherFollows = (close: string): boolean => {
    skipBlank();
    if (isCut || text[at] === close) return false;
    if (text[at] !== ',') throw new Broken();
    at += 1;
    return true;
  };

  const readValue = (depth: number): unknown => {
    if (depth > MAX_DEPTH) throw new Broken();
    if (text[at] === '{') return readRecord(depth);
    if (text[at] === '[') return readList(depth);
    if (text[at] === '"') return readString();
    return readScalar();
  };

  try {
    const value = readValue(0);
    return { kind: 'value', value, end: Math.min(at, text.length), isCut };
  } catch (error) {
    if (error instanceof Broken) return { kind: 'broken', at };
    throw error;
  }
}

function unescaped(body: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: raw control characters are what strict JSON forbids here
  const strict = body.replace(/[\u0000-\u001f]/g, (raw) => `\\u${raw.charCodeAt(0).toString(16).padStart(4, '0')}`);
  try {
    return String(JSON.parse(`"${strict}"`));
  } catch {
    throw new Broken();
  }
}
