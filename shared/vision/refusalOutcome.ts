import type { AmbiguousReason, Outcome } from '../pool/outcome.ts';
import { type Blame, blameOf, imageFaultIn, isSpent } from './blameOf.ts';
import { filteredPrompt } from './contentFilter.ts';
import { codeIn, errorPartsOf } from './errorParts.ts';
import { limitHints } from './limitHints.ts';
import { retryHintMs } from './retryHint.ts';
import { sentencesIn, serviceSentence } from './serviceSentence.ts';

interface Refusal {
  readonly status: number;
  readonly headers: Headers;
  readonly body: unknown;
}

interface Reading {
  readonly nowMs: number;
  readonly secrets: readonly string[];
}

/**
 * Statuses of the 400s that say nothing against the request, and may come after the model has worked: it took too long
 * (408, 499), two requests met (409), or what stands behind the endpoint failed (424, which hosted models send for
 * their own errors). They may have been billed.
 */
const UNCERTAIN: Readonly<Record<number, AmbiguousReason>> = {
  408: 'timeout',
  409: 'server-error',
  424: 'server-error',
  499: 'timeout',
};

/** RFC 8470: the server has not begun with it. */
const TOO_EARLY = 425;

/**
 * The outcome of any status that is no success. `refused` only where the model certainly has not worked: a redirect or a
 * 4xx, with the one at fault (`blameOf`). A 5xx may come after the work was done, and billed, unless it says that the
 * image could not be read, or that a filter stopped it.
 */
export function refusalOutcome(refusal: Refusal, { nowMs, secrets }: Reading): Outcome {
  const { status, headers, body } = refusal;
  if (status === 429 && !isSpent(body)) {
    const waitMs = retryHintMs(headers, body, nowMs);
    return { kind: 'throttled', waitMs, over: exceeded(body), hints: limitHints(headers) };
  }
  const filtered = filteredPrompt(status, body);
  if (filtered !== undefined) {
    const { category, mayPass } = filtered;
    const hints = limitHints(headers);
    return { kind: 'filtered', on: 'image', category, ...(mayPass && { mayPass }), usage: null, hints };
  }
  const detail = serviceSentence(body, secrets) || `The service answered ${status} without a sentence.`;
  const code = codeIn(body, status);
  const said = { status, detail, ...(code !== undefined && { code }) };
  if (status === TOO_EARLY) return { kind: 'refused', reason: 'unreachable', ...said };
  const uncertain = status >= 400 && status < 500 ? UNCERTAIN[status] : undefined;
  if (uncertain !== undefined) return { kind: 'ambiguous', reason: uncertain, status, detail };
  if (status >= 500 && status !== 511) {
    const imageFault = status < 600 ? imageFaultIn(body) : undefined;
    if (imageFault !== undefined) return { kind: 'refused', reason: 'bad-image', imageFault, ...said };
    return { kind: 'ambiguous', reason: 'server-error', status, detail };
  }
  return { kind: 'refused', ...blamed(blameOf(refusal)), ...said };
}

function blamed(blame: Blame): Pick<Extract<Outcome, { kind: 'refused' }>, 'reason' | 'imageFault'> {
  switch (blame.on) {
    case 'image':
      return { reason: 'bad-image', imageFault: blame.fault };
    case 'request':
      return { reason: 'bad-request' };
    case 'deployment':
      return { reason: blame.reason };
    case 'unknown':
      return { reason: 'unclear' };
  }
}

/** Capacity is asked first: its sentence may name a limit too ("exceeds the maximum usage size ... during peak load"). */
function exceeded(body: unknown): 'quota' | 'capacity' | 'unknown' {
  const text = [...errorPartsOf(body).codes, ...sentencesIn(body)].join(' ');
  if (/high demand|peak load|at capacity|no_?capacity|overloaded|server_?busy/i.test(text)) return 'capacity';
  return /rate_?\s?limit|quota/i.test(text) ? 'quota' : 'unknown';
}
