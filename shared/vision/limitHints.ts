import type { LimitHints } from '../pool/outcome.ts';

/**
 * What the `x-ratelimit-*` headers say; a header that is missing or no plain number leaves its field out.
 * Source: Azure OpenAI quota page, 2026-09-29.
 */
export function limitHints(headers: Headers): LimitHints {
  return {
    ...count('remainingTokens', headers.get('x-ratelimit-remaining-tokens')),
    ...count('limitTokens', headers.get('x-ratelimit-limit-tokens')),
    ...count('remainingRequests', headers.get('x-ratelimit-remaining-requests')),
    ...count('limitRequests', headers.get('x-ratelimit-limit-requests')),
  };
}

function count(field: keyof LimitHints, text: string | null): LimitHints {
  return text !== null && /^\d{1,15}$/.test(text) ? { [field]: Number(text) } : {};
}
