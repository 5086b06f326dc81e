import type { ModelRow } from './modelRow.ts';

interface Tokenizer {
  readonly encode: (text: string) => number[];
  readonly decode: (tokens: Iterable<number>) => string;
}

// The tables take about 100 ms and many megabytes to load: only when text must be counted, and once.
const loading = new Map<ModelRow['encoding'], Promise<Tokenizer>>();

function load(encoding: ModelRow['encoding']): Promise<Tokenizer> {
  const known = loading.get(encoding);
  if (known) return known;
  const started: Promise<Tokenizer> =
    encoding === 'cl100k_base'
      ? import('gpt-tokenizer/encoding/cl100k_base')
      : import('gpt-tokenizer/encoding/o200k_base');
  loading.set(encoding, started);
  return started;
}

// Prompts repeat: under load the same few texts come thousands of times.
const counted = new Map<string, number>();
const rememberedTexts = 500;

/** How many tokens a text is for a model with this encoding. */
export async function textTokens(text: string, encoding: ModelRow['encoding']): Promise<number> {
  const key = `${encoding} ${text}`;
  const known = counted.get(key);
  if (known !== undefined) return known;
  const count = (await load(encoding)).encode(text).length;
  if (counted.size >= rememberedTexts) counted.clear();
  counted.set(key, count);
  return count;
}

/** The first `maxTokens` tokens of a text, as an answer that its cap cuts off. */
export async function firstTokens(
  text: string,
  cut: { readonly maxTokens: number; readonly encoding: ModelRow['encoding'] },
): Promise<string> {
  const { encode, decode } = await load(cut.encoding);
  return decode(encode(text).slice(0, cut.maxTokens));
}
