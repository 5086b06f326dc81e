import { cleanStrings } from './cleanText.ts';
import { parseTolerantJson, type TolerantJson } from './parseTolerantJson.ts';

export interface FoundObject {
  readonly value: Readonly<Record<string, unknown>>;
  readonly ending: TolerantJson['ending'];
}

export type JsonAnswer =
  /** At least one, the longest first. */
  | { readonly kind: 'objects'; readonly objects: readonly FoundObject[] }
  | { readonly kind: 'none'; readonly detail: string }
  | { readonly kind: 'too-long'; readonly detail: string };

/** Over ten times what the longest answer cap of a task allows. */
const MAX_CHARACTERS = 500_000;
const MAX_VALUES = 20_000;
/** Words around an answer hold few braces; a text full of them is none. */
const MAX_STARTS = 20;

/**
 * The JSON objects in a model's answer, whatever stands around them: fences, a byte order mark, words before and after,
 * comments within. Of a cut or broken one, what is complete.
 */
export function parseJsonAnswer(text: string): JsonAnswer {
  if (text.length > MAX_CHARACTERS) {
    return { kind: 'too-long', detail: `The answer has ${exceeding(text.length, 'characters', MAX_CHARACTERS)}.` };
  }
  const found: (TolerantJson & { readonly length: number })[] = [];
  let from = text.indexOf('{');
  for (let tries = 0; from >= 0 && tries < MAX_STARTS; tries += 1) {
    const parsed = parseTolerantJson(text, from);
    // Braces of prose break off before the first field.
    if (parsed.ending !== 'broken' || hasFields(parsed.value)) found.push({ ...parsed, length: parsed.end - from });
    from = text.indexOf('{', Math.max(parsed.end, from + 1));
  }
  const values = found.reduce((sum, { value }) => sum + countValues(value), 0);
  if (values > MAX_VALUES) {
    return { kind: 'too-long', detail: `The answer holds ${exceeding(values, 'values', MAX_VALUES)}.` };
  }
  const objects = found
    .toSorted((one, other) => other.length - one.length)
    .map(({ value, ending }) => ({ value: { ...Object(cleanStrings(value)) }, ending }));
  return objects.length === 0
    ? { kind: 'none', detail: 'The answer held no JSON object.' }
    : { kind: 'objects', objects };
}

function hasFields(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length > 0;
}

function countValues(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 1;
  return Object.values(value).reduce((sum: number, item) => sum + countValues(item), 1);
}

function exceeding(count: number, noun: string, limit: number): string {
  return `${count.toLocaleString('en-US')} ${noun}; the limit is ${limit.toLocaleString('en-US')}`;
}
