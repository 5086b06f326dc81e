import { formatCount } from '../../errors.ts';
import { cleanStrings } from './cleanText.ts';
import { parseTolerantJson, type TolerantJson } from './parseTolerantJson.ts';

export interface FoundObject {
  /** An object, or a list that begins with one. */
  readonly value: unknown;
  readonly ending: TolerantJson['ending'];
  readonly hasRivals?: true;
}

type JsonAnswer =
  /** At least one, the longest first; a list before the objects within. */
  | { readonly kind: 'objects'; readonly objects: readonly FoundObject[] }
  | { readonly kind: 'none'; readonly detail: string }
  | { readonly kind: 'too-long'; readonly detail: string };

/** Over ten times what the longest answer cap of a task allows. */
const MAX_CHARACTERS = 500_000;
const MAX_VALUES = 20_000;
/** Words around an answer hold few beginnings of objects; of a text full of them only the last ones are looked at too. */
const MAX_STARTS = 20;
/** What may begin an object: no bare word follows, as in the braces of prose, of formulas and of code. */
const START = /\{\s*(?:["}]|\/[/*]|$)/g;
const FENCED_START = /(?:```|~~~)\w*\s*\{/g;

/**
 * The JSON objects in a model's answer, whatever stands around them: fences, a byte order mark, words before and after,
 * comments within. Of a cut or broken one, what is complete.
 */
export function parseJsonAnswer(text: string): JsonAnswer {
  if (text.length > MAX_CHARACTERS) {
    return { kind: 'too-long', detail: `The answer has ${exceeding(text.length, 'characters', MAX_CHARACTERS)}.` };
  }
  const found = objectsIn(text);
  const values = found.reduce((sum, { value }) => sum + countValues(value), 0);
  if (values > MAX_VALUES) {
    return { kind: 'too-long', detail: `The answer holds ${exceeding(values, 'values', MAX_VALUES)}.` };
  }
  const objects = found
    .toSorted((one, other) => other.end - other.start - (one.end - one.start))
    .map(({ value, ending, hasRivals }) => ({ value: cleanStrings(value), ending, ...(hasRivals && { hasRivals }) }));
  return objects.length === 0
    ? { kind: 'none', detail: 'The answer held no JSON object.' }
    : { kind: 'objects', objects };
}

interface ReadObject extends TolerantJson {
  readonly start: number;
}

/** The first ones, and the last where there are more. */
function objectsIn(text: string): readonly ReadObject[] {
  const found: ReadObject[] = [];
  let from = startFrom(text, 0);
  for (let tries = 0; from !== undefined && tries < MAX_STARTS; tries += 1) {
    const read = objectAt(text, from);
    if (read !== undefined) found.push(...listAround(text, from), read);
    // What holds nothing may be prose whose quote runs into the answer.
    from = startFrom(text, read?.end ?? from + 1);
  }
  if (from === undefined) return found;
  const passedOver = lastStarts(text).filter((start) => start >= from);
  return [...found, ...passedOver.flatMap((start) => objectAt(text, start) ?? [])];
}

/** Where the last fence holds an object, and where the last one begins a line. */
function lastStarts(text: string): readonly number[] {
  const fenced = [...text.matchAll(FENCED_START)].at(-1);
  const inLine = text.lastIndexOf('\n{');
  const starts = [...(fenced ? [fenced.index + fenced[0].length - 1] : []), ...(inLine < 0 ? [] : [inLine + 1])];
  return [...new Set(starts)];
}

function startFrom(text: string, place: number): number | undefined {
  START.lastIndex = place;
  return START.exec(text)?.index;
}

/** Undefined where the text breaks off before the first field. */
function objectAt(text: string, start: number): ReadObject | undefined {
  const parsed = parseTolerantJson(text, start);
  return parsed.ending === 'broken' && !hasFields(parsed.value) ? undefined : { ...parsed, start };
}

/** Of a list that begins with the object at `start`: what can be read. */
function listAround(text: string, start: number): readonly ReadObject[] {
  const before = text.slice(0, start).trimEnd();
  return before.endsWith('[') ? [{ ...parseTolerantJson(text, before.length - 1), start: before.length - 1 }] : [];
}

function hasFields(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length > 0;
}

function countValues(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 1;
  return Object.values(value).reduce((sum: number, item) => sum + countValues(item), 1);
}

function exceeding(count: number, noun: string, limit: number): string {
  return `${formatCount(count)} ${noun}; the limit is ${formatCount(limit)}`;
}
