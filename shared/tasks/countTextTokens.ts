/** The token encodings of the catalogue's models. */
export type Encoding = 'cl100k_base' | 'o200k_base';

/** Text that looks like a special token is text here: a caller's "<|endoftext|>" is counted, not an error. */
const AS_TEXT = { allowedSpecial: new Set<string>(), disallowedSpecial: new Set<string>() };

/**
 * Tokens of a text. The tables of an encoding are megabytes and take about 100 ms to load: they are loaded at the first
 * call. `await countTextTokens('Hello world', 'cl100k_base')` is 2.
 */
export async function countTextTokens(text: string, encoding: Encoding): Promise<number> {
  const { countTokens } =
    encoding === 'cl100k_base'
      ? await import('gpt-tokenizer/encoding/cl100k_base')
      : await import('gpt-tokenizer/encoding/o200k_base');
  return countTokens(text, AS_TEXT);
}
