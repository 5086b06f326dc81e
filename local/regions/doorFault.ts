import type { Fault } from './fault.ts';
import { publishedErrors } from './publishedErrors.ts';
import { errorReply, jsonReply, type Reply } from './reply.ts';
import * as service from './serviceError.ts';

const signInPage =
  '<!DOCTYPE html><html><head><title>Sign in</title></head><body>Please sign in to the proxy.</body></html>';

/**
 * The reply of a fault that strikes before any work is done: nothing is charged, in tokens or in quota.
 *
 * @returns undefined for a fault that strikes later, or none.
 */
export function doorFaultReply(
  fault: Fault,
  at: { readonly apiVersion: string | null; readonly limits: Readonly<Record<string, string>> },
): Reply | undefined {
  switch (fault.kind) {
    case 'throttle': {
      const said = { apiVersion: at.apiVersion ?? 'v1', retryAfterMs: fault.retryAfterMs ?? null };
      const remaining = { [`x-ratelimit-remaining-${fault.over}`]: '0' };
      const error = service.withSentence(service.overQuota(fault.over, said), fault.sentence);
      return errorReply(error, { ...at.limits, ...remaining, ...hintsOf(fault) });
    }
    case 'capacity':
      return errorReply(service.withSentence(service.overCapacity, fault.sentence), {
        ...at.limits,
        ...hintsOf(fault),
      });
    case 'server-error':
      return errorReply(service.serverError(fault.status));
    case 'refuse': {
      const { error } = publishedErrors[fault.as];
      return error.status === 400 ? undefined : errorReply(error);
    }
    case 'reply':
      return fault.billed ? undefined : chosenReply(jsonReply(200, {}), fault);
    case 'html':
      return { ...jsonReply(200, {}), contentType: 'text/html; charset=utf-8', body: signInPage };
    case 'reset':
      return fault.when === 'before'
        ? jsonReply(200, {}, { delivery: { kind: 'reset' }, charge: { status: null } })
        : undefined;
    default:
      return undefined;
  }
}

/** A reply with status, type and body as a fault gives them; what it charges stays. */
export function chosenReply(reply: Reply, fault: Extract<Fault, { kind: 'reply' }>): Reply {
  const { status, contentType, body } = fault;
  return {
    ...reply,
    status,
    contentType,
    body: typeof body === 'string' ? body : JSON.stringify(body),
    delayMs: reply.delayMs + fault.afterMs,
    charge: { ...reply.charge, status, code: status < 400 ? null : (errorCodeOf(body) ?? String(status)) },
  };
}

function errorCodeOf(body: unknown): string | undefined {
  const error = typeof body === 'object' && body !== null && 'error' in body ? body.error : undefined;
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : undefined;
}

function hintsOf(fault: {
  readonly retryAfterMs?: number | undefined;
  readonly retryAfter?: string | undefined;
}): Record<string, string> {
  return {
    ...(fault.retryAfterMs === undefined ? {} : { 'retry-after-ms': String(fault.retryAfterMs) }),
    ...(fault.retryAfter === undefined ? {} : { 'retry-after': fault.retryAfter }),
  };
}
