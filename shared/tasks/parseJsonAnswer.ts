import { cleanStrings } from './cleanText.ts';
import { parseTolerantJson } from './parseTolerantJson.ts';

export type JsonAnswer =
  | { readonly kind: 'object'; readonly value: Readonly<Record<string, unknown>>; readonly isCut: boolean }
  | { readonly kind: 'none'; readonly detail: string }
  | { readonly kind: 'too-long'; readonly detail: string };

/** Over ten times what the longest answer cap allows. */
const MAX_CHARACTERS = 2_000_000;
/** Words around an answer hold few braces; a text full of them is none. */
const MAX_STARTS = 20;

/**
 * The JSON object in a model's answer, whatever stands around it: fences, a byte order mark, words before and after,
 * comments within. Of several objects the longest is taken; of a cut answer, what is complete.
 */
export function parseJsonAnswer(text: string): JsonAnswer {
  if (text.length > MAX_CHARACTERS) {
    const [length, limit] = [text.length, MAX_CHARACTERS].map((count) => count.toLocaleString('en-US'));
    return { kind: 'too-long', detail: `The answer has ${length} characters; the limit is ${limit}.` };
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
  const value = best === undefined ? undefined : cleanStrings(best.value);
  if (best === undefined || typeof value !== 'object' || value === null) {
    return { kind: 'none', detail: 'The answer held no JSON object.' };
  }
  return { kind: 'object', value: { ...value }, isCut: best.isCut };
}
