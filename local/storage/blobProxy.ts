import { readFile } from 'node:fs/promises';
import { Agent, createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http';
import { createServer as createHttpsServer, Agent as HttpsAgent, request as requestHttps } from 'node:https';
import type { AddressInfo } from 'node:net';

export interface ProxyOptions {
  /** 0 takes a free port. */
  readonly port: number;
  readonly targetPort: number;
  /** With a certificate both sides speak HTTPS. */
  readonly https?: { readonly certificateFile: string; readonly keyFile: string };
  /** Called once the target has answered and the answer was handed on. */
  readonly onAnswered: (asked: IncomingMessage, answered: IncomingMessage) => void;
}

export interface Proxy {
  readonly port: number;
  stop(): Promise<void>;
}

/**
 * A thin reverse proxy on 127.0.0.1: streams bodies both ways and changes no header, so that signatures stay valid.
 *
 * @throws Error, with the port, when it is in use.
 */
export async function startBlobProxy(options: ProxyOptions): Promise<Proxy> {
  const agent = options.https
    ? new HttpsAgent({ keepAlive: true, rejectUnauthorized: false })
    : new Agent({ keepAlive: true });
  const sendRequest = options.https ? requestHttps : request;
  const handle = (asked: IncomingMessage, answer: ServerResponse): void => {
    const forwarded = sendRequest(
      {
        ...{ host: '127.0.0.1', port: options.targetPort, agent },
        // Names and values in turn, so that case, order and repetition survive.
        ...{ method: asked.method, path: asked.url, headers: asked.rawHeaders },
      },
      (answered) => {
        answer.writeHead(answered.statusCode ?? 502, answered.statusMessage, answered.rawHeaders);
        answered.on('error', () => answer.destroy()).pipe(answer);
        answer.once('finish', () => options.onAnswered(asked, answered));
      },
    );
    // The client's own retries know best what a broken connection means.
    forwarded.on('error', () => answer.destroy());
    answer.once('close', () => forwarded.destroy());
    asked.on('error', () => forwarded.destroy()).pipe(forwarded);
  };
  const server = options.https
    ? createHttpsServer(
        { cert: await readFile(options.https.certificateFile), key: await readFile(options.https.keyFile) },
        handle,
      )
    : createServer(handle);
  server.requestTimeout = 0;
  server.keepAliveTimeout = 60_000;
  await listen(server, options.port);
  return {
    port: (server.address() as AddressInfo).port,
    stop: async () => {
      const closed = new Promise<void>((settle) => server.close(() => settle()));
      server.closeAllConnections();
      agent.destroy();
      await closed;
    },
  };
}

async function listen(server: Server, port: number): Promise<void> {
  await new Promise<void>((succeed, fail) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const inUse = new Error(`The blob events cannot listen on port ${port}: another program is using it.`, {
        cause: error,
      });
      fail(error.code === 'EADDRINUSE' ? inUse : error);
    });
    server.listen(port, '127.0.0.1', succeed);
  });
}
