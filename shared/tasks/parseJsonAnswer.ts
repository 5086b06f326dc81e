import { cleanStrings } from './cleanText.ts';
import { parseTolerantJson } from './parseTolerantJson.ts';

export type JsonAnswer =
  | { readonly kind: 'object'; readonly value: Readonly<Record<string, unknown>>; readonly isCut: boolean }
  | { readonly kind: 'none'; readonly detail: string }
  | { readonly kind: 'too-long'; readonly detail: string };

/** Over ten times what the longest answer cap of a task allows. */
const MAX_CHARACTERS = 500_000;
const MAX_VALUES = 20_000;
/** Words around an answer hold few braces; a text full of them is none. */
const MAX_STARTS = 20;

/**
 * The JSON object in a model's answer, whatever stands around it: fences, a byte order mark, words before and after,
 * comments within. Of several objects the longest is taken; of a cut answer, what is complete.
 */
export function parseJsonAnswer(text: string): JsonAnswer {
  if (text.length > MAX_CHARACTERS) {
    return { kind: 'too-long', detail: `The answer has ${exceeding(text.length, 'characters', MAX_CHARACTERS)}.` };
  }
  let best: { readonly value: unknown; readonly length: number; readonly isCut: boolean } | undefined;
  let from = text.indexOf('{');
  for (let tries = 0; from >= 0 && tries < MAX_STARTS; tries += 1) {
    const parsed = parseTolerantJson(text, from);
    const end = parsed.kind === 'value' ? parsed.end : Math.max(parsed.at, from + 1);
    const length = end - from;
    if (parsed.kind === 'value' && (best === undefined || length > best.length)) {
      best = { value: parsed.value, length, isCut: parsed.isCut };
    }
    from = text.indexOf('{', end);
  }
  const values = countValues(best?.value);
  if (values > MAX_VALUES) {
    return { kind: 'too-long', detail: `The answer holds ${exceeding(values, 'values', MAX_VALUES)}.` };
  }
  const value = best === undefined ? undefined : cleanStrings(best.value);
  if (best === undefined || typeof value !== 'object' || value === null) {
    return { kind: 'none', detail: 'The answer held no JSON object.' };
  }
  return { kind: 'object', value: { ...value }, isCut: best.isCut };
}

function countValues(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 1;
  return Object.values(value).reduce((sum: number, item) => sum + countValues(item), 1);
}

function exceeding(count: number, noun: string, limit: number): string {
  return `${count.toLocaleString('en-US')} ${noun}; the limit is ${limit.toLocaleString('en-US')}`;
}
