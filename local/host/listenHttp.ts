import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { listen } from '../process/listen.ts';
import type { HostLog } from './hostLog.ts';
import { answer, type HttpCall } from './httpCall.ts';

interface HttpServer {
  readonly url: string;
  /** Answers the calls under way with an empty 500, and settles when the answers have left. */
  failOpenCalls(): Promise<void>;
  /** Takes no new calls, lets those under way end. */
  stop(): Promise<void>;
}

/**
 * Serves HTTP on 127.0.0.1.
 *
 * @throws Error, with the port, when it is in use.
 */
export async function listenHttp(
  serve: (call: HttpCall) => Promise<void>,
  host: { readonly port: number; readonly log: HostLog },
): Promise<HttpServer> {
  const open = new Set<ServerResponse>();
  const handle = (incoming: IncomingMessage, outgoing: ServerResponse): void => {
    open.add(outgoing);
    outgoing.once('close', () => open.delete(outgoing));
    const base = `http://${incoming.headers.host ?? '127.0.0.1'}`;
    // A call that ends while the server closes leaves its connection idle, and an idle one would keep it open.
    outgoing.once('close', () => {
      if (!server.listening) setImmediate(() => server.closeIdleConnections());
    });
    const url = URL.parse(incoming.url ?? '/', base);
    if (url === null) {
      answer(outgoing, 400);
      return;
    }
    serve({ incoming, outgoing, url }).catch((error: Error) => {
      host.log('error', 'Host', error.stack ?? error.message);
      answer(outgoing, 500);
    });
  };
  // The host's load balancer, not Node, limits how long an upload may take; idle connections live as long as with Kestrel
  // (KestrelServerLimits.KeepAliveTimeout), for one that is closed just as it is used again is a reset for its caller.
  const server = createServer({ requestTimeout: 0, keepAliveTimeout: 130_000 }, handle);
  const port = await listen(server, 'The Functions host', host.port);
  return {
    url: `http://127.0.0.1:${port}`,
    failOpenCalls: async () => {
      const closed = [...open].map((outgoing) => new Promise<void>((settle) => outgoing.once('close', () => settle())));
      for (const outgoing of open) answer(outgoing, 500);
      await Promise.all(closed);
    },
    stop: async () => {
      const closed = new Promise<void>((settle) => server.close(() => settle()));
      server.closeIdleConnections();
      await closed;
    },
  };
}
