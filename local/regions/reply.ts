import type { Charge } from './chargeLog.ts';
import type { Fault } from './fault.ts';
import type { HeaderChanges } from './headerChanges.ts';
import type { ServiceError } from './serviceError.ts';

/** How a reply reaches the client, or does not. */
export type Delivery =
  | { readonly kind: 'whole' }
  /** The connection stays open and silent. */
  | { readonly kind: 'never' }
  /** The connection is cut before anything is sent. */
  | { readonly kind: 'reset' }
  /** Headers and half of the body, then the connection is cut. */
  | { readonly kind: 'cut' }
  /** Headers at once, the body in pieces over this time. */
  | { readonly kind: 'pieces'; readonly ms: number };

/** What a region has decided to do with a request, before it does it. */
export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** What a fault changes in all headers of the reply, those that every reply has included. */
  readonly headerChanges: HeaderChanges;
  readonly contentType: string;
  readonly body: string;
  readonly delayMs: number;
  readonly delivery: Delivery;
  /** What the charge log notes of it. */
  readonly charge: Partial<Charge>;
}

export function jsonReply(
  status: number,
  body: object,
  more: Partial<Omit<Reply, 'status' | 'body' | 'contentType'>> = {},
): Reply {
  return {
    status,
    headers: more.headers ?? {},
    headerChanges: more.headerChanges ?? {},
    contentType: 'application/json',
    body: JSON.stringify(body),
    delayMs: more.delayMs ?? 0,
    delivery: more.delivery ?? { kind: 'whole' },
    charge: { status, ...more.charge },
  };
}

export function errorReply(error: ServiceError, headers: Readonly<Record<string, string>> = {}): Reply {
  return jsonReply(error.status, error.body, { headers, charge: { code: error.code } });
}

/** How the reply to a request that met this fault is sent. */
export function deliveryOf(fault: Fault): Delivery {
  if (fault.kind === 'timeout') return { kind: 'never' };
  if (fault.kind === 'reset') return { kind: 'reset' };
  if (fault.kind === 'cut-json') return { kind: 'cut' };
  return fault.kind === 'slow-body' ? { kind: 'pieces', ms: fault.ms } : { kind: 'whole' };
}
