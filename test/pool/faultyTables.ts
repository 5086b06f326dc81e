import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { TableClient } from '@azure/data-tables';
import { STATE_RETRIES } from '../../shared/pool/tableStateStore.ts';

/** How the storage misbehaves (Microsoft Learn, "Query timeout and pagination" and "Table service error codes"). */
export type Fault =
  | { readonly kind: 'none' }
  /** It refuses with a code, or was done and says so: a 503 or 500 leaves open which. */
  | { readonly kind: 'refuses'; readonly status: number; readonly code: string; readonly isDone: boolean }
  /** It takes the request and never answers; `isDone`: it has done it. */
  | { readonly kind: 'silent'; readonly isDone: boolean }
  | { readonly kind: 'slow'; readonly waitMs: number };

/** Tables of Azurite, reached through a server that misbehaves as it is told. */
export interface FaultyTables {
  /** For the next calls of `methods`, so many of them. */
  readonly misbehave: (fault: Fault, on?: { readonly methods?: readonly string[]; readonly calls?: number }) => void;
  readonly table: (name: string) => TableClient;
  readonly stop: () => Promise<void>;
}

export async function startFaultyTables(connectionString: string): Promise<FaultyTables> {
  const endpoint = /TableEndpoint=([^;]+)/.exec(connectionString)?.[1];
  if (endpoint === undefined) throw new Error('The connection string names no tables.');
  const origin = new URL(endpoint).origin;
  let fault: Fault = { kind: 'none' };
  let methods: readonly string[] = [];
  let calls = 0;

  function forward(
    call: IncomingMessage,
    body: Buffer,
  ): Promise<{ readonly status: number; readonly headers: object; readonly body: Buffer }> {
    return new Promise((resolve, reject) => {
      const out = request(`${origin}${call.url}`, { method: call.method, headers: call.headers }, (answer) => {
        const chunks: Buffer[] = [];
        answer.on('data', (chunk: Buffer) => chunks.push(chunk));
        answer.on('end', () =>
          resolve({ status: answer.statusCode ?? 500, headers: answer.headers, body: Buffer.concat(chunks) }),
        );
      });
      out.on('error', reject);
      out.end(body);
    });
  }

  async function answerTo(call: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of call) chunks.push(chunk as Buffer);
    const now = calls > 0 && methods.includes(call.method ?? '') ? fault : { kind: 'none' as const };
    if (now.kind !== 'none') calls -= 1;
    const isDone = now.kind === 'none' || now.kind === 'slow' || now.isDone;
    const answer = isDone ? await forward(call, Buffer.concat(chunks)) : undefined;
    if (now.kind === 'silent') return;
    if (now.kind === 'refuses') {
      const error = { 'odata.error': { code: now.code, message: { lang: 'en-US', value: 'It misbehaves.' } } };
      response.writeHead(now.status, { 'content-type': 'application/json;odata=minimalmetadata' });
      response.end(JSON.stringify(error));
      return;
    }
    if (now.kind === 'slow') await new Promise((resolve) => setTimeout(resolve, now.waitMs));
    response.writeHead(answer?.status ?? 500, { ...answer?.headers });
    response.end(answer?.body);
  }

  const server = createServer((call, response) => {
    answerTo(call, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const throughFaults = connectionString.replace(origin, `http://127.0.0.1:${port}`);
  return {
    misbehave: (
      next,
      { methods: on = ['GET', 'POST', 'PUT', 'MERGE', 'PATCH'], calls: count = Number.POSITIVE_INFINITY } = {},
    ) => {
      [fault, methods, calls] = [next, on, count];
    },
    table: (name) =>
      TableClient.fromConnectionString(throughFaults, name, {
        allowInsecureConnection: true,
        retryOptions: STATE_RETRIES,
      }),
    stop: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
