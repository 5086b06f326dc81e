import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Deployment } from '../../shared/pool/deployment.ts';

export interface SeenRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

export type Script = (reply: ServerResponse, request: SeenRequest) => void;

/** A region that does what the test says, over real HTTP, and remembers what it was sent. */
export interface ScriptedRegion {
  readonly endpoint: string;
  readonly seen: SeenRequest[];
  script: Script;
  close(): Promise<void>;
}

export async function startRegion(script: Script = answering('A red square.')): Promise<ScriptedRegion> {
  const server = createServer((incoming, reply) => {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('end', () => {
      const request: SeenRequest = {
        method: incoming.method ?? '',
        path: incoming.url ?? '',
        headers: incoming.headers,
        body: Buffer.concat(chunks).toString('utf8'),
      };
      region.seen.push(request);
      region.script(reply, request);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const region: ScriptedRegion = {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen: [],
    script,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return region;
}

export function answering(text: string, headers: Readonly<Record<string, string>> = {}): Script {
  return json(200, completion({ message: { role: 'assistant', content: text }, finish_reason: 'stop' }), headers);
}

export function json(status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): Script {
  return (reply) => {
    reply.writeHead(status, { 'content-type': 'application/json', ...headers });
    reply.end(JSON.stringify(body));
  };
}

export function completion(choice: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return {
    id: 'chatcmpl-1',
    object: 'chat.completion',
    model: 'gpt-4-1106-vision-preview',
    choices: [{ index: 0, ...choice }],
    usage: { prompt_tokens: 1156, completion_tokens: 80, total_tokens: 1236 },
  };
}

export function deploymentAt(endpoint: string, changes: Partial<Deployment> = {}): Deployment {
  return {
    name: 'gpt-4-vision-preview-swedencentral',
    deployment: 'gpt-4-vision-preview',
    endpoint,
    region: 'swedencentral',
    model: 'gpt-4@vision-preview',
    countsAs: 'gpt-4@vision-preview',
    isPriced: true,
    sku: 'Standard',
    tokensPerMinute: 10_000,
    requestsPerMinute: 60,
    priority: 1,
    apiVersion: '2023-12-01-preview',
    auth: { kind: 'managedIdentity' },
    ...changes,
  };
}
