import { formatCount, type Problem, shortened } from '../../errors.ts';

/** The position of an image's text in a JSON body: the octets between its quotes. */
export interface LongText {
  /** Index in the list `images`; absent: the image at `image`. */
  readonly index?: number;
  readonly start: number;
  readonly end: number;
}

interface JsonScan {
  /** Problems that `JSON.parse` would ignore. */
  readonly problems: readonly Problem[];
  readonly longTexts: readonly LongText[];
}

/** Shorter texts are cheaper to parse than to set apart. */
const LONG_BYTES = 1024;

/** The deepest nesting; no call needs so much. */
const MOST_LEVELS = 10_000;

const [QUOTE, BACKSLASH, COMMA, OPEN_LIST, OPEN_OBJECT, CLOSE_LIST, CLOSE_OBJECT] = [...'"\\,[{]}'].map((character) =>
  character.charCodeAt(0),
) as [number, number, number, number, number, number, number];

interface Level {
  /** Set for an object; absent for a list. */
  readonly names?: Set<string>;
  /** The name, or the place in the list, that is being read. */
  at: string | number;
  isNameNext: boolean;
}

/**
 * Walks through a JSON body once, string by string, before it is parsed. Finds names that are given twice (the last
 * one would win), `__proto__` (schemas pass over it), nesting that is too deep, and the long base64 texts at
 * `image.base64` and `images[n].base64`, which are decoded where they lie instead of being parsed. Malformed JSON is
 * left to the parser.
 */
export function scanJson(body: Buffer): JsonScan {
  const problems: Problem[] = [];
  const longTexts: LongText[] = [];
  const levels: Level[] = [];
  for (let at = 0; at < body.byteLength; at++) {
    const level = levels.at(-1);
    switch (body[at]) {
      case OPEN_OBJECT:
        levels.push({ names: new Set(), at: '', isNameNext: true });
        break;
      case OPEN_LIST:
        levels.push({ at: 0, isNameNext: false });
        break;
      case CLOSE_OBJECT:
      case CLOSE_LIST:
        levels.pop();
        break;
      case COMMA:
        if (level?.names) level.isNameNext = true;
        else if (level) level.at = Number(level.at) + 1;
        break;
      case QUOTE: {
        const end = closingQuote(body, at + 1);
        if (end === -1) return { problems, longTexts };
        if (level?.names && level.isNameNext) {
          level.isNameNext = false;
          level.at = nameOf(body, at, end);
          const problem = nameProblem(level.at, level.names);
          if (problem) problems.push(problem);
          level.names.add(level.at);
        } else if (end - at > LONG_BYTES) {
          const place = placeOfImage(levels);
          if (place) longTexts.push({ ...place, start: at + 1, end });
        }
        at = end;
      }
    }
    if (levels.length > MOST_LEVELS) {
      const message = `The body is nested more than ${formatCount(MOST_LEVELS)} levels deep (byte ${formatCount(at)}).`;
      return { problems: [...problems, { path: 'body', message }], longTexts };
    }
  }
  return { problems, longTexts };
}

/** The position of the quote that ends a string; -1 if there is none. */
function closingQuote(body: Buffer, from: number): number {
  for (let end = body.indexOf(QUOTE, from); end !== -1; end = body.indexOf(QUOTE, end + 1)) {
    let first = end;
    while (first > from && body[first - 1] === BACKSLASH) first--;
    if ((end - first) % 2 === 0) return end;
  }
  return -1;
}

function nameOf(body: Buffer, start: number, end: number): string {
  const text = body.toString('utf8', start, end + 1);
  if (!text.includes('\\')) return text.slice(1, -1);
  try {
    return JSON.parse(text) as string;
  } catch {
    return text;
  }
}

function nameProblem(name: string, names: ReadonlySet<string>): Problem | undefined {
  const path = shortened(name);
  if (name === '__proto__') return { path, message: '__proto__ is not known here.' };
  return names.has(name) ? { path, message: `${path} is given more than once.` } : undefined;
}

function placeOfImage(levels: readonly Level[]): Pick<LongText, 'index'> | undefined {
  const path = levels.map(({ at }) => at);
  if (path.length === 2 && path[0] === 'image' && path[1] === 'base64') return {};
  const [list, index, name] = path;
  if (path.length === 3 && list === 'images' && typeof index === 'number' && name === 'base64') return { index };
  return undefined;
}
