import { randomUUID } from 'node:crypto';
import type { StorageCall } from './storageCall.ts';

/** An answer of a storage service, whole. Header names in lower case. */
export interface StorageAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  readonly body: Buffer;
}

/**
 * What stands between a client and the emulated storage to make it as strict, or as unreliable, as the real one. Each part
 * is optional; layers are asked in their order.
 */
export interface StorageLayer {
  /**
   * Answers in place of the storage, which then never sees the request; undefined lets it pass, `reset` breaks the connection.
   *
   * @param body of a request to a queue or a table; empty for blobs, whose bodies stream through
   */
  readonly refuse?: (call: StorageCall, body: Buffer) => Refused | Promise<Refused>;
  /** What is sent on in place of what came: another path with its query, another body (queues and tables only). */
  readonly rewrite?: (
    call: StorageCall,
    body: Buffer,
  ) => { readonly path?: string; readonly body?: Buffer } | undefined;
  /** Changes what the storage answered; undefined where this call's answer streams through as it is. */
  readonly answer?: (
    call: StorageCall,
    body: Buffer,
  ) => ((answer: StorageAnswer) => StorageAnswer | 'reset' | Promise<StorageAnswer | 'reset'>) | undefined;
}

type Refused = StorageAnswer | 'reset' | undefined;

/** How a service words a refusal: status, code, sentence. */
export interface StorageRefusal {
  readonly status: number;
  readonly code: string;
  readonly message: string;
  /** More elements of an XML refusal, such as `QueryParameterName`. */
  readonly details?: Readonly<Record<string, string>>;
}

/**
 * A refusal in the form of the service: JSON for tables, XML for blobs and queues, no body for a HEAD (Microsoft Learn, "Status
 * and error codes").
 */
export function refusalAnswer(call: Pick<StorageCall, 'service' | 'method'>, refusal: StorageRefusal): StorageAnswer {
  const { status, code, details = {} } = refusal;
  const requestId = randomUUID();
  const message = `${refusal.message}\nRequestId:${requestId}\nTime:${new Date().toISOString()}`;
  const isTable = call.service === 'table';
  const text = isTable
    ? JSON.stringify({ 'odata.error': { code, message: { lang: 'en-US', value: message } } })
    : `<?xml version="1.0" encoding="utf-8"?><Error>${elements({ Code: code, Message: message, ...details })}</Error>`;
  return {
    status,
    headers: {
      'content-type': isTable
        ? 'application/json;odata=minimalmetadata;streaming=true;charset=utf-8'
        : 'application/xml',
      'x-ms-error-code': code,
      'x-ms-request-id': requestId,
      'x-ms-version': '2026-06-06',
      date: new Date().toUTCString(),
    },
    body: call.method === 'HEAD' ? Buffer.alloc(0) : Buffer.from(text),
  };
}

function elements(values: Readonly<Record<string, string>>): string {
  return Object.entries(values)
    .map(([name, value]) => `<${name}>${escapeXml(value)}</${name}>`)
    .join('');
}

/** Text as it stands inside an XML element. */
function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
