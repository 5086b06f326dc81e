import type { AmbiguousReason, ImageFault, Outcome } from '../pool/outcome.ts';
import { codeIn, type ErrorParts, errorPartsOf, type Reply, sentencesIn, serviceSentence } from './bodyParts.ts';
import { filteredPrompt } from './contentFilter.ts';
import { limitHints, retryHintMs } from './limitHeaders.ts';
import {
  BY_STATUS,
  DEPLOYMENT_CODES,
  DEPLOYMENT_SENTENCES,
  type DeploymentReason,
  IMAGE_CODES,
  IMAGE_SENTENCES,
  OUR_PARAMETERS,
  REQUEST_CODES,
  REQUEST_SENTENCE,
  SPENT_CODES,
  SPENT_SENTENCE,
} from './refusalWords.ts';

/**
 * 4xx statuses that are not about the request, and may come after the model has worked: it took too long (408, 499),
 * two requests conflicted (409), or a service behind the endpoint failed (424, which hosted models send for their own
 * errors). They may have been billed.
 */
const UNCERTAIN: Readonly<Record<number, AmbiguousReason>> = {
  408: 'timeout',
  409: 'server-error',
  424: 'server-error',
  499: 'timeout',
};

/** RFC 8470: the server has not started the request. */
const TOO_EARLY = 425;

/**
 * The outcome of an error status. `refused` only if the model has certainly not worked: a redirect or a 4xx, with the
 * cause (`blameOf`). A 5xx may come after the work was done and billed, unless it reports an unreadable image or a
 * filter.
 */
export function refusalOutcome(
  refusal: Reply,
  { nowMs, secrets }: { readonly nowMs: number; readonly secrets: readonly string[] },
): Outcome {
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
  const facts = { status, detail, ...(code !== undefined && { code }) };
  if (status === TOO_EARLY) return { kind: 'refused', reason: 'unreachable', ...facts };
  const uncertain = status >= 400 && status < 500 ? UNCERTAIN[status] : undefined;
  if (uncertain !== undefined) return { kind: 'ambiguous', reason: uncertain, status, detail };
  if (status >= 500 && status !== 511) {
    // Some services answer 500 when they cannot load an image.
    const fault = status < 600 ? imageFault(errorPartsOf(body), sentencesIn(body)) : undefined;
    if (fault !== undefined) return { kind: 'refused', reason: 'bad-image', imageFault: fault, ...facts };
    return { kind: 'ambiguous', reason: 'server-error', status, detail };
  }
  return { kind: 'refused', ...blamed(blameOf(refusal)), ...facts };
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

/** Capacity comes first: its message may name a limit too ("exceeds the maximum usage size ... during peak load"). */
function exceeded(body: unknown): 'quota' | 'capacity' | 'unknown' {
  const text = [...errorPartsOf(body).codes, ...sentencesIn(body)].join(' ');
  if (/high demand|peak load|at capacity|no_?capacity|overloaded|server_?busy/i.test(text)) return 'capacity';
  return /rate_?\s?limit|quota/i.test(text) ? 'quota' : 'unknown';
}

/** The cause of a refusal that is not a content filter's. */
export type Blame =
  | { readonly on: 'image'; readonly fault: ImageFault }
  /** No deployment of the model accepts such a request. */
  | { readonly on: 'request' }
  /** This deployment: another one may accept the request. */
  | { readonly on: 'deployment'; readonly reason: DeploymentReason }
  /** The refusal does not name a cause. */
  | { readonly on: 'unknown' };

/**
 * The cause of a refusal, by status, codes, parameter and message, in this order. What a caller controls (a schema, a
 * cap, a detail) never opens a circuit on the service's word alone: one caller could take out the whole pool. Such a
 * refusal is `unknown`, and the answer of another deployment decides.
 *
 * @param refusal any status from 300 on but 429; no content filter
 * @example 400 with code `OperationNotSupported` is the deployment's, as `misconfigured`; 400 with code
 * `image_parse_error` the image's, as `undecodable`; 400 with a page of HTML is unknown.
 */
export function blameOf({ status, body }: Pick<Reply, 'status' | 'body'>): Blame {
  if (status < 400) return { on: 'deployment', reason: 'redirected' };
  const sentences = sentencesIn(body);
  const parts = errorPartsOf(body);
  if (status !== 404 && isSpent(body)) return { on: 'deployment', reason: 'payment' };
  const byStatus = BY_STATUS[status];
  if (byStatus !== undefined) return { on: 'deployment', reason: byStatus };
  if (parts.codes.some((code) => REQUEST_CODES.has(code)) || anyMatches(sentences, REQUEST_SENTENCE)) {
    return { on: 'request' };
  }
  const fault = imageFault(parts, sentences);
  if (fault !== undefined) return { on: 'image', fault };
  const reason = deploymentReason(parts, sentences);
  return reason === undefined ? { on: 'unknown' } : { on: 'deployment', reason };
}

/**
 * Whether credit or a usage limit is exhausted, which a minute of waiting does not restore. A 429 with the code
 * `insufficient_quota` means this; "exceeded token rate limit" does not.
 */
function isSpent(body: unknown): boolean {
  const { codes, types } = errorPartsOf(body);
  return [...codes, ...types].some((each) => SPENT_CODES.test(each)) || anyMatches(sentencesIn(body), SPENT_SENTENCE);
}

function anyMatches(sentences: readonly string[], pattern: RegExp): boolean {
  return sentences.some((sentence) => pattern.test(sentence));
}

function imageFault({ codes }: ErrorParts, sentences: readonly string[]): ImageFault | undefined {
  const code = codes.find((each) => Object.hasOwn(IMAGE_CODES, each));
  const byCode = code === undefined ? undefined : IMAGE_CODES[code];
  // One code for several faults: the message may be more specific.
  const bySentence = IMAGE_SENTENCES.find(([pattern]) => anyMatches(sentences, pattern))?.[1];
  return byCode === 'undecodable' && bySentence === 'too-large' ? bySentence : (byCode ?? bySentence);
}

function deploymentReason({ codes, params }: ErrorParts, sentences: readonly string[]): DeploymentReason | undefined {
  const isOurs = params.some((param) => OUR_PARAMETERS.has(param));
  if (isOurs && codes.some((code) => /^(?:invalid|unsupported|unknown)_(?:value|parameter|type)$/.test(code))) {
    return 'misconfigured';
  }
  const isCallers = params.some((param) => /detail|json_schema/.test(param)) && codes.includes('unsupported_value');
  if (isCallers) return undefined;
  const code = codes.find((each) => Object.hasOwn(DEPLOYMENT_CODES, each));
  if (code !== undefined) return DEPLOYMENT_CODES[code];
  return DEPLOYMENT_SENTENCES.find(([pattern]) => anyMatches(sentences, pattern))?.[1];
}
