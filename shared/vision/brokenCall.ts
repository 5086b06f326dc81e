import type { AmbiguousReason, Outcome, RefusalReason } from '../pool/outcome.ts';
import { field } from './field.ts';
import { NotSent } from './notSent.ts';

/** No connection came about, so nothing was sent: no listener, no route, no name, no trust in the certificate. */
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

/** What the client (openai 7.57) says of its two endings that carry no code. Its classes would bring all of it into the bundle. */
const ABORTED = 'Request was aborted.';
const TIMED_OUT = 'Request timed out';

const TIMEOUTS = new Set(['UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT', 'ETIMEDOUT']);

/**
 * The outcome of a call that ended without a status, or within the body of a success. The sentences are ours and hold
 * at most a code: messages of errors can quote headers. Whatever is not known to have failed before sending is
 * `ambiguous`.
 */
export function brokenCall(error: unknown): Outcome {
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
