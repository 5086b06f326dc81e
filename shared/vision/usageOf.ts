import type { Usage } from '../pool/outcome.ts';
import { parseTolerantJson } from '../tasks/reply/parseTolerantJson.ts';
import { field } from './bodyParts.ts';

/** Ten times the tokens of any current model's largest request. A larger number is not a token count. */
const MOST_TOKENS = 10_000_000;

/** Names of the chat API, and of the Responses API, which some gateways use. */
const PROMPT = ['prompt_tokens', 'input_tokens'];
const COMPLETION = ['completion_tokens', 'output_tokens'];

/** The key, not the same letters within a text, where its quotes are escaped. */
const USAGE_KEY = /(?<!\\)"usage"\s*:\s*(?=\{)/g;

/**
 * The billed tokens of a reply of any status, or null if the service does not report them (some compatible servers
 * send no `usage`) or reports something that is not a count. Any two of prompt, completion and total give the third.
 * All zeros are ignored: a request with an image is never free.
 *
 * `usageOf({ usage: { input_tokens: '765', output_tokens: 42 } })` has `promptTokens` 765 and `totalTokens` 807.
 */
export function usageOf(body: unknown): Usage | null {
  const usage = typeof body === 'string' ? usageInText(body) : field(body, 'usage');
  const named = {
    prompt: count(anyOf(usage, PROMPT)),
    completion: count(anyOf(usage, COMPLETION)),
    total: count(field(usage, 'total_tokens')),
  };
  const isSilent = anyOf(usage, COMPLETION) === undefined;
  const completion = named.completion ?? restOf(named.total, named.prompt) ?? (isSilent ? 0 : null);
  const prompt = named.prompt ?? restOf(named.total, completion);
  if (prompt === null || completion === null || prompt + completion === 0) return null;
  const promptDetails = detailsOf(usage, PROMPT);
  const reasoning = count(field(detailsOf(usage, COMPLETION), 'reasoning_tokens')) ?? 0;
  // Some servers count thinking only in the total.
  const isApart = reasoning > 0 && named.total === prompt + completion + reasoning;
  const completionTokens = isApart ? completion + reasoning : completion;
  return {
    promptTokens: prompt,
    imageTokens: count(field(promptDetails, 'image_tokens')),
    cachedTokens: Math.min(count(field(promptDetails, 'cached_tokens')) ?? 0, prompt),
    completionTokens,
    reasoningTokens: Math.min(reasoning, completionTokens),
    totalTokens: Math.max(named.total ?? 0, prompt + completionTokens),
  };
}

/** The `usage` of a body that is not complete JSON: the last one that is closed. */
function usageInText(text: string): unknown {
  for (const { index, 0: key } of [...text.matchAll(USAGE_KEY)].reverse()) {
    const { value, ending } = parseTolerantJson(text, index + key.length);
    if (ending === 'whole') return value;
  }
  return undefined;
}

function anyOf(usage: unknown, names: readonly string[]): unknown {
  return names.map((name) => field(usage, name)).find((value) => value !== undefined && value !== null);
}

function detailsOf(usage: unknown, names: readonly string[]): unknown {
  return anyOf(
    usage,
    names.map((name) => `${name}_details`),
  );
}

function restOf(total: number | null, part: number | null): number | null {
  return total === null || part === null || part > total ? null : total - part;
}

/** A whole number from 0 up, also as text; null for anything else. */
function count(value: unknown): number | null {
  const number = typeof value === 'string' && /^\s*\d{1,9}\s*$/.test(value) ? Number(value) : value;
  if (typeof number !== 'number' || !Number.isSafeInteger(number)) return null;
  return number >= 0 && number <= MOST_TOKENS ? number : null;
}
