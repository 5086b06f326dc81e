// Everything of C0 and C1 but tab and what ends a line: no readable letter, and Markdown, CSV and terminals trip over it.
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is removed
const CONTROL = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\ufeff]/g;

/** What ends a line (UAX 14, classes CR and BK): left out, it would join two words. */
const LINE_ENDS = /\r\n?|[\v\f\u2028\u2029]/g;

/** Embeddings, overrides and isolates of direction: one that is left open turns round what follows it, to the next cell. */
const DIRECTION = /[\u202a-\u202e\u2066-\u2069]/g;

/** Text as Argus keeps it: line feeds only, no control characters, well-formed. `cleanText('a\r\nb\u0000')` is `'a\nb'`. */
export function cleanText(text: string): string {
  return text
    .replace(LINE_ENDS, '\n')
    .replace(CONTROL, '')
    .replace(DIRECTION, '')
    .replace(/\p{Surrogate}/gu, '\ufffd');
}

/** The same for every string within a JSON value. */
export function cleanStrings(value: unknown): unknown {
  if (typeof value === 'string') return cleanText(value);
  if (Array.isArray(value)) return value.map(cleanStrings);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, cleanStrings(item)]));
}
