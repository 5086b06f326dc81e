import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { BlobServiceClient } from '@azure/storage-blob';
import { afterAll, beforeAll, beforeEach } from 'vitest';
import { AZURITE_ACCOUNT, AZURITE_KEY } from '../../local/storage/startAzurite.ts';
import type { TestStorage } from './storage.ts';

/** A refusal of the blob service, as its answers have it: the status, and the code in a header and in the body. */
export interface Refusal {
  readonly status: number;
  readonly code: string;
}

interface RefusingBlobs {
  /** The same storage, whose blob clients go through the refusals. */
  readonly storage: TestStorage;
  /** From now on; `undefined` lets the request through. The path is that of the blob, `container/name`. */
  readonly refuse: (rule: (method: string, path: string) => Refusal | undefined) => void;
}

/** Azurite behind a server that refuses what Azurite cannot: legal holds, customer-provided keys, missing permissions. */
export function useRefusals(storage: TestStorage): RefusingBlobs {
  let rule: Parameters<RefusingBlobs['refuse']>[0] = () => undefined;
  let server: Server;
  beforeAll(async () => {
    server = createServer((asked, answer) => {
      const { pathname } = new URL(asked.url ?? '/', 'http://localhost');
      const path = decodeURIComponent(pathname.split('/').slice(2).join('/'));
      const refusal = rule(asked.method ?? '', path);
      if (refusal) answerRefused(answer, refusal, asked);
      else pass(asked, answer, new URL(storage.blobs().url));
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  });
  beforeEach(() => {
    rule = () => undefined;
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });
  const blobs = (): BlobServiceClient => {
    const { port } = server.address() as AddressInfo;
    return BlobServiceClient.fromConnectionString(
      `DefaultEndpointsProtocol=http;AccountName=${AZURITE_ACCOUNT};AccountKey=${AZURITE_KEY};` +
        `BlobEndpoint=http://127.0.0.1:${port}/${AZURITE_ACCOUNT};`,
    );
  };
  return { storage: { ...storage, blobs }, refuse: (next) => (rule = next) };
}

function answerRefused(answer: ServerResponse, { status, code }: Refusal, asked: IncomingMessage): void {
  asked.resume();
  const body = `<?xml version="1.0" encoding="utf-8"?><Error><Code>${code}</Code><Message>Refused.</Message></Error>`;
  answer.writeHead(status, {
    'x-ms-error-code': code,
    'content-type': 'application/xml',
    'x-ms-version': '2026-06-06',
  });
  answer.end(asked.method === 'HEAD' ? undefined : body);
}

function pass(asked: IncomingMessage, answer: ServerResponse, to: URL): void {
  const onward = request(
    { host: to.hostname, port: to.port, method: asked.method, path: asked.url, headers: asked.headers },
    (answered) => {
      answer.writeHead(answered.statusCode ?? 502, answered.headers);
      answered.pipe(answer);
    },
  );
  onward.on('error', () => answer.destroy());
  asked.pipe(onward);
}
