import type { AmbiguousReason, Outcome, RefusalReason } from '../pool/outcome.ts';
import { filteredPromptCategory } from './contentFilter.ts';
import { field } from './field.ts';
import { limitHints } from './limitHints.ts';
import { retryHintMs } from './retryHint.ts';
import { serviceSentence, wholeSentence } from './serviceSentence.ts';

interface Refusal {
  readonly status: number;
  readonly headers: Headers;
  readonly body: unknown;
}

interface Reading {
  readonly nowMs: number;
  readonly secrets: readonly string[];
}

const REFUSED: Readonly<Record<number, RefusalReason>> = {
  401: 'unauthorized',
  402: 'payment',
  403: 'forbidden',
  404: 'not-found',
  405: 'not-found',
  410: 'not-found',
};

/** Statuses of the 400s that say nothing against the request, and may come after the model has worked. */
const UNCERTAIN: Readonly<Record<number, AmbiguousReason>> = {
  408: 'timeout',
  409: 'server-error',
  424: 'server-error',
  425: 'server-error',
  499: 'timeout',
};

/**
 * The outcome of any status that is no success. `refused` only where the model certainly has not worked: a redirect
 * or a 4xx. A 403 is the account's even when its text speaks of content policy (Azure blocks whole accounts in those
 * words), so only a 400 can be a content filter. A 5xx may come after the work was done, and billed.
 */
export function refusalOutcome(refusal: Refusal, { nowMs, secrets }: Reading): Outcome {
  const { status, headers, body } = refusal;
  if (status === 429) {
    const waitMs = retryHintMs(headers, wholeSentence(body), nowMs);
    return { kind: 'throttled', waitMs, over: exceeded(body), hints: limitHints(headers) };
  }
  const category = status === 400 ? filteredPromptCategory(body) : null;
  if (category !== null) {
    return { kind: 'filtered', on: 'image', category, usage: null, hints: limitHints(headers) };
  }
  const detail = serviceSentence(body, secrets) || `The service answered ${status} without a sentence.`;
  if (status >= 300 && status < 400) return { kind: 'refused', reason: 'redirected', status, detail };
  const uncertain = status >= 400 && status < 500 ? UNCERTAIN[status] : 'server-error';
  if (uncertain !== undefined) return { kind: 'ambiguous', reason: uncertain, status, detail };
  return { kind: 'refused', reason: REFUSED[status] ?? 'bad-request', status, detail };
}

/** Capacity is asked first: its sentence may name a limit too ("exceeds the maximum usage size ... during peak load"). */
function exceeded(body: unknown): 'quota' | 'capacity' | 'unknown' {
  const code = field(field(body, 'error'), 'code');
  const text = `${typeof code === 'string' ? code : ''} ${wholeSentence(body)}`;
  if (/high demand|peak load|at capacity|no_?capacity|overloaded|server_?busy/i.test(text)) return 'capacity';
  return /rate_?\s?limit|quota/i.test(text) ? 'quota' : 'unknown';
}
