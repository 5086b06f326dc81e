import type { AmbiguousReason, Outcome, RefusalReason, Usage } from '../pool/outcome.ts';
import { answerOutcome } from './answerOutcome.ts';
import { field, parsedBody, type Reply } from './bodyParts.ts';
import { refusalOutcome } from './refusalOutcome.ts';
import { usageOf } from './usageOf.ts';

/** How one call ended: with a reply, or with an error and no reply. */
export type CallResult = Reply | { readonly error: unknown };

/** The request was never sent: not billed, and not the deployment's fault. */
export class NotSent extends Error {
  override readonly name = 'NotSent';
  readonly reason: 'no-token' | 'aborted';

  constructor(reason: 'no-token' | 'aborted', message: string, options?: ErrorOptions) {
    super(message, options);
    this.reason = reason;
  }
}

/**
 * The outcome of a call, from its status, headers and body, or from its error. Never throws. `refused` is certainly
 * not billed. A call without a proper answer that may have reached the model is `ambiguous`.
 *
 * @param reading `nowMs` reads dates in `Retry-After`; `secrets` (key, token) are kept out of every message.
 * @example status 429 with `retry-after-ms: 1500` is `throttled` with `waitMs` 1500; a refused connection is `refused`
 * as `unreachable`; a reset one is `ambiguous` as `reset`.
 */
export function outcomeOf(
  result: CallResult,
  reading: { readonly nowMs: number; readonly secrets?: readonly string[] },
): Outcome {
  const { nowMs, secrets = [] } = reading;
  const known = 'error' in result ? resultOfError(result.error) : result;
  if ('error' in known) return withUsage(brokenCall(known.error), usageOf(field(known.error, 'received')));
  if (known.status >= 200 && known.status < 300) return answerOutcome(known, secrets);
  return withUsage(refusalOutcome(known, { nowMs, secrets }), usageOf(known.body));
}

/**
 * The openai client throws a refusal as an error with the status; this turns it back into a reply. It checks fields,
 * not the class, because importing a class would add the whole client to the bundle.
 */
export function resultOfError(error: unknown): CallResult {
  const [status, headers] = [field(error, 'status'), field(error, 'headers')];
  if (!(error instanceof Error) || typeof status !== 'number') return { error };
  return {
    status,
    headers: headers instanceof Headers ? headers : new Headers(),
    body: parsedBody(field(error, 'error')),
  };
}

/**
 * A refusal is not billed unless it reports usage; the received part of a broken answer may report it too. Reported
 * usage means that the model answered, even if the answer is lost.
 */
function withUsage(outcome: Outcome, usage: Usage | null): Outcome {
  if (usage === null) return outcome;
  return outcome.kind === 'ambiguous' ? { ...outcome, usage, isAnswer: true } : { ...outcome, usage };
}

/** Errors before a connection, so that nothing was sent: no listener, no route, unknown name, untrusted certificate. */
const NEVER_CONNECTED = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ERR_INVALID_URL',
  'UND_ERR_CONNECT_TIMEOUT',
  'CERT_HAS_EXPIRED',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'ERR_TLS_CERT_ALTNAME_INVALID',
  'ERR_SSL_WRONG_VERSION_NUMBER',
]);

/**
 * The messages of two errors of the client (openai 7.57) without a code. Its classes would add all of it to the
 * bundle.
 */
const ABORTED = 'Request was aborted.';
const TIMED_OUT = 'Request timed out';

const TIMEOUTS = new Set(['UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT', 'ETIMEDOUT']);

/**
 * The outcome of a call that ended without a status, or within the body of a success. The messages are ours and
 * contain at most a code, because error messages can quote headers. Unless the call failed before sending, it is
 * `ambiguous`.
 */
function brokenCall(error: unknown): Outcome {
  if (error instanceof NotSent) return refused(error.reason, error.message);
  const chain = causesOf(error);
  const code = chain.map((link) => field(link, 'code')).find((value) => typeof value === 'string');
  const named = code === undefined ? '' : ` (${code})`;
  if (messageOf(error) === ABORTED) return ambiguous('aborted', 'We ended the call before its answer came.');
  if (chain.some(isNeverConnected)) return refused('unreachable', `No connection to the endpoint${named}.`);
  if (messageOf(error).startsWith(TIMED_OUT) || TIMEOUTS.has(code ?? '')) {
    return ambiguous('timeout', `No whole answer came in time${named}.`);
  }
  if (error instanceof SyntaxError) return ambiguous('not-json', 'The answer was broken JSON.');
  if (error instanceof TypeError) return ambiguous('cut-body', `The answer broke off${named}.`);
  return ambiguous('reset', `The connection broke before an answer came${named}.`);
}

function refused(reason: RefusalReason, detail: string): Outcome {
  return { kind: 'refused', reason, status: null, detail };
}

function ambiguous(reason: AmbiguousReason, detail: string): Outcome {
  return { kind: 'ambiguous', reason, status: null, detail };
}

function causesOf(error: unknown): readonly unknown[] {
  const chain: unknown[] = [];
  for (let link = error; link !== undefined && link !== null && chain.length < 8; link = causeOf(link))
    chain.push(link);
  return chain;
}

function causeOf(link: unknown): unknown {
  return typeof link === 'object' ? Reflect.get(link ?? {}, 'cause') : undefined;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : '';
}

/** An AggregateError is Node's way to say that every address of the host failed to connect. */
function isNeverConnected(link: unknown): boolean {
  const code = field(link, 'code');
  return (
    link instanceof AggregateError ||
    (typeof code === 'string' && NEVER_CONNECTED.has(code)) ||
    (code === 'ETIMEDOUT' && field(link, 'syscall') === 'connect')
  );
}
