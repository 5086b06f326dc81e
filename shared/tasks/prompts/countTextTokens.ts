import type { PromptTexts } from './promptTexts.ts';

/** The token encodings of the catalogue's models. */
export type Encoding = 'cl100k_base' | 'o200k_base';

/** Text that looks like a special token is text here: a caller's "<|endoftext|>" is counted, not an error. */
const AS_TEXT = { allowedSpecial: new Set<string>(), disallowedSpecial: new Set<string>() };

/**
 * The encoder takes time with the square of a run of letters, of spaces or of marks (digits it parts by threes): 15,000
 * Chinese letters took three seconds.
 */
const LONGEST_RUN = 400;
const LONG_RUN = ['[\\p{L}\\p{M}]', '\\s', '[^\\s\\p{L}\\p{N}]'].map((kind) => `${kind}{${LONGEST_RUN + 1},}`);
const LONG_RUNS = new RegExp(LONG_RUN.join('|'), 'gu');

/**
 * Tokens of a text: exact, but for runs of more than 400 letters without a break, where each cut adds some at most. The
 * tables of an encoding are megabytes and take about 100 ms to load: they are loaded at the first call.
 *
 * `await countTextTokens('Hello world', 'cl100k_base')` is 2.
 */
export async function countTextTokens(text: string, encoding: Encoding): Promise<number> {
  const { countTokens } =
    encoding === 'cl100k_base'
      ? await import('gpt-tokenizer/encoding/cl100k_base')
      : await import('gpt-tokenizer/encoding/o200k_base');
  return pieces(text).reduce((sum, piece) => sum + countTokens(piece, AS_TEXT), 0);
}

function pieces(text: string): readonly string[] {
  const found: string[] = [];
  let from = 0;
  for (const run of text.matchAll(LONG_RUNS)) {
    for (let cut = run.index + LONGEST_RUN; cut < run.index + run[0].length; cut += LONGEST_RUN) {
      found.push(text.slice(from, cut));
      from = cut;
    }
  }
  return [...found, text.slice(from)];
}

export interface PromptTokens {
  /** Tokens of all of it but the image: both messages, their framing, and `schemaTokens`. */
  readonly textTokens: number;
  /** Of these, the JSON Schema's, counted as its text: how the service itself counts a schema is not published. */
  readonly schemaTokens: number;
}

/** Two messages at three tokens and a role each, three that open the answer (OpenAI Cookbook, "How to count tokens with tiktoken"). */
const FRAME_TOKENS = 11;

/** Tokens of a prompt's texts. */
export async function countPrompt(
  { system, user, responseSchema }: PromptTexts,
  encoding: Encoding,
): Promise<PromptTokens> {
  const schemaTokens =
    responseSchema === undefined ? 0 : await countTextTokens(JSON.stringify(responseSchema.schema), encoding);
  const messageTokens = (await countTextTokens(system, encoding)) + (await countTextTokens(user, encoding));
  return { textTokens: FRAME_TOKENS + messageTokens + schemaTokens, schemaTokens };
}
