import type { Usage } from '../pool/outcome.ts';
import { field } from './field.ts';

/**
 * The billed tokens of a reply, or null where the service does not tell (some compatible servers send no `usage`).
 * `image_tokens` is optional in the protocol and may be absent on Azure.
 */
export function usageOf(body: unknown): Usage | null {
  const usage = field(body, 'usage');
  const promptTokens = count(field(usage, 'prompt_tokens'));
  const completionTokens = count(field(usage, 'completion_tokens'));
  if (promptTokens === null || completionTokens === null) return null;
  const promptDetails = field(usage, 'prompt_tokens_details');
  return {
    promptTokens,
    imageTokens: count(field(promptDetails, 'image_tokens')),
    cachedTokens: count(field(promptDetails, 'cached_tokens')) ?? 0,
    completionTokens,
    reasoningTokens: count(field(field(usage, 'completion_tokens_details'), 'reasoning_tokens')) ?? 0,
    totalTokens: count(field(usage, 'total_tokens')) ?? promptTokens + completionTokens,
  };
}

function count(value: unknown): number | null {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : null;
}
