import type { Fault } from './faults.ts';
import { errorReply, jsonReply, type Reply } from './reply.ts';
import * as service from './serviceError.ts';

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
      const said = { apiVersion: at.apiVersion ?? 'v1', retryAfterMs: fault.retryAfterMs ?? 0 };
      const remaining = { [`x-ratelimit-remaining-${fault.over}`]: '0' };
      return errorReply(service.overQuota(fault.over, said), { ...at.limits, ...remaining, ...hintsOf(fault) });
    }
    case 'capacity':
      return errorReply(service.overCapacity, { ...at.limits, ...hintsOf(fault) });
    case 'server-error':
      return errorReply(service.serverError(fault.status));
    case 'unauthorized':
      return errorReply(service.lacksRole);
    case 'forbidden':
      return errorReply(service.forbidden);
    case 'not-found':
      return errorReply(service.deploymentNotFound);
    case 'redirect':
      return jsonReply(307, {}, { headers: { location: fault.location } });
    case 'html': {
      const body =
        '<!DOCTYPE html><html><head><title>Sign in</title></head><body>Please sign in to the proxy.</body></html>';
      return { ...jsonReply(200, {}), contentType: 'text/html; charset=utf-8', body };
    }
    case 'reset':
      return fault.when === 'before'
        ? jsonReply(200, {}, { delivery: { kind: 'reset' }, charge: { status: null } })
        : undefined;
    default:
      return undefined;
  }
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
