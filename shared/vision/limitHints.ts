import type { LimitHints } from '../pool/outcome.ts';

/**
 * What the `x-ratelimit-*` headers say; a header that is missing or no plain number leaves its field out. A limit of -1 or
 * 0 is no fact, and what remains of it is none either (openai/openai-dotnet#838, 2025-11-17).
 * Source: Azure OpenAI quota page, 2026-09-29.
 */
export function limitHints(headers: Headers): LimitHints {
  return {
    ...countsOf(headers, 'tokens', { limit: 'limitTokens', remaining: 'remainingTokens' }),
    ...countsOf(headers, 'requests', { limit: 'limitRequests', remaining: 'remainingRequests' }),
  };
}

function countsOf(
  headers: Headers,
  of: 'tokens' | 'requests',
  field: Readonly<Record<'limit' | 'remaining', keyof LimitHints>>,
): LimitHints {
  const limitText = headers.get(`x-ratelimit-limit-${of}`);
  const limit = count(limitText);
  if (limitText !== null && /^\s*[-+]?[\d.]+\s*$/.test(limitText) && !(limit !== undefined && limit > 0)) return {};
  const remaining = count(headers.get(`x-ratelimit-remaining-${of}`));
  return {
    ...(remaining !== undefined && { [field.remaining]: remaining }),
    ...(limit !== undefined && { [field.limit]: limit }),
  };
}

function count(text: string | null): number | undefined {
  return text !== null && /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}
