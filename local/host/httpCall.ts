import type { IncomingMessage, ServerResponse } from 'node:http';
import type { HostKeys } from './hostKeys.ts';
import type { HostLog } from './hostLog.ts';
import type { HttpTrigger, IndexedFunction } from './indexFunctions.ts';
import type { Invoker } from './invoke.ts';

export interface HttpHost {
  readonly functions: readonly IndexedFunction<HttpTrigger>[];
  readonly invoker: Invoker;
  readonly log: HostLog;
  /** Present: keys are asked for. */
  readonly keys: HostKeys | undefined;
  /** Present: the app has HTTP streaming on, and this is where its library listens. */
  readonly streamingUrl: string | undefined;
  readonly bodyLimitBytes: number;
}

export interface HttpCall {
  readonly incoming: IncomingMessage;
  readonly outgoing: ServerResponse;
  readonly url: URL;
}

export interface HttpInvocation extends HttpCall {
  readonly called: IndexedFunction<HttpTrigger>;
  readonly parameters: Readonly<Record<string, string>>;
}

/** A header that came more than once is one value, joined by commas; repeated query keys likewise. */
export function joinedHeaders(incoming: IncomingMessage): Record<string, string> {
  return Object.fromEntries(
    Object.entries(incoming.headersDistinct).map(([name, values]) => [name, (values ?? []).join(',')]),
  );
}

export function joinedQuery(url: URL): Record<string, string> {
  const names = new Set(url.searchParams.keys());
  return Object.fromEntries([...names].map((name) => [name, url.searchParams.getAll(name).join(',')]));
}

/** The key of a call: the header, else the query. */
export function keyOf(call: HttpCall): string | undefined {
  const header = call.incoming.headers['x-functions-key'];
  return typeof header === 'string' ? header : (call.url.searchParams.get('code') ?? undefined);
}

/** Ends a call with a status and no body, or JSON. */
export function answer(outgoing: ServerResponse, status: number, json?: unknown): void {
  if (outgoing.headersSent) {
    outgoing.destroy();
    return;
  }
  outgoing.statusCode = status;
  if (json === undefined) {
    outgoing.setHeader('content-length', 0);
    outgoing.end();
    return;
  }
  outgoing.setHeader('content-type', 'application/json; charset=utf-8');
  outgoing.end(JSON.stringify(json));
}
