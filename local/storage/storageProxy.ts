import { readFile } from 'node:fs/promises';
import { Agent, createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import { createServer as createHttpsServer, Agent as HttpsAgent, request as requestHttps } from 'node:https';
import { listen } from '../process/listen.ts';
import { signAgain } from './signature.ts';
import { readStorageCall, type StorageCall, type StorageService } from './storageCall.ts';
import { refusalAnswer, type StorageAnswer, type StorageLayer } from './storageLayer.ts';
import { readAnswer, readBody, sendAnswer, TOO_LARGE, withLength } from './wholeMessage.ts';

interface ProxyOptions {
  readonly service: StorageService;
  /** 0 takes a free port. */
  readonly port: number;
  readonly targetPort: number;
  /** With a certificate both sides speak HTTPS. */
  readonly https?: { readonly certificateFile: string; readonly keyFile: string };
  readonly layers: readonly StorageLayer[];
  /** The storage has answered a request, whatever its client saw of it. */
  readonly onAnswered?: (call: StorageCall, answered: Pick<IncomingMessage, 'statusCode' | 'headers'>) => void;
}

export interface StorageProxy {
  readonly port: number;
  stop(): Promise<void>;
}

/**
 * A reverse proxy on 127.0.0.1 in front of one emulated storage service. What no layer touches streams through with its
 * headers as they came, so that signatures stay valid.
 *
 * @throws Error, with the port, when it is in use.
 */
export async function startStorageProxy(options: ProxyOptions): Promise<StorageProxy> {
  const { service, layers, onAnswered } = options;
  const agent = options.https
    ? new HttpsAgent({ keepAlive: true, rejectUnauthorized: false })
    : new Agent({ keepAlive: true });
  const sendRequest = options.https ? requestHttps : request;

  async function handle(asked: IncomingMessage, answer: ServerResponse): Promise<void> {
    const { method = 'GET', headers } = asked;
    const url = new URL(asked.url ?? '/', `${options.https ? 'https' : 'http'}://${headers.host}`);
    const call = readStorageCall(service, { method, url, headers });
    if (!call) return forward(asked, answer, {});
    const body = service === 'blob' ? undefined : await readBody(asked);
    if (body === 'too-large') return sendAnswer(answer, refusalAnswer(call, TOO_LARGE));
    for (const layer of layers) {
      const refused = await layer.refuse?.(call, body ?? Buffer.alloc(0));
      if (!refused) continue;
      if (refused === 'reset') {
        answer.destroy();
        return;
      }
      asked.resume();
      return sendAnswer(answer, refused);
    }
    let path = asked.url;
    let sent = body;
    for (const layer of layers) {
      const rewritten = layer.rewrite?.({ ...call, url: new URL(path ?? '/', url) }, sent ?? Buffer.alloc(0));
      path = rewritten?.path ?? path;
      if (service !== 'blob') sent = rewritten?.body ?? sent;
    }
    const changes = layers.flatMap((layer) => layer.answer?.(call, body ?? Buffer.alloc(0)) ?? []);
    forward(asked, answer, {
      ...(path !== undefined && { path }),
      ...(sent && { body: sent }),
      ...((sent !== body || path !== asked.url) && {
        rawHeaders: headersOf(asked, { url, path, ...(sent && sent !== body && { bytes: sent.length }) }),
      }),
      onAnswered: (answered) => onAnswered?.(call, answered),
      ...(changes.length > 0 && { changes }),
    });
  }

  /** The headers of a request whose path, or body of so many bytes, is another one than was asked. */
  function headersOf(
    asked: IncomingMessage,
    changed: { readonly url: URL; readonly path: string | undefined; readonly bytes?: number },
  ): readonly string[] {
    const { method = 'GET', rawHeaders } = asked;
    const { url, path = '/', bytes } = changed;
    const sized = bytes === undefined ? rawHeaders : withLength(rawHeaders, bytes);
    return signAgain(service, { method, url, rawHeaders }, { method, url: new URL(path, url), rawHeaders: sized });
  }

  function forward(
    asked: IncomingMessage,
    answer: ServerResponse,
    how: {
      readonly path?: string;
      readonly body?: Buffer;
      /** Names and values in turn, of a request that was changed. */
      readonly rawHeaders?: readonly string[];
      readonly changes?: readonly NonNullable<ReturnType<NonNullable<StorageLayer['answer']>>>[];
      readonly onAnswered?: (answered: IncomingMessage) => void;
    },
  ): void {
    // A layer may have waited while the client went away in the middle of its body; one that has sent it all is obeyed.
    if (asked.destroyed && !asked.complete) {
      answer.destroy();
      return;
    }
    const forwarded = sendRequest(
      {
        ...{ host: '127.0.0.1', port: options.targetPort, agent, method: asked.method, path: how.path ?? asked.url },
        // Names and values in turn, so that case, order and repetition survive.
        headers: how.rawHeaders ?? asked.rawHeaders,
      },
      (answered) => {
        answered.on('error', () => answer.destroy());
        const { changes } = how;
        if (changes === undefined) {
          answer.writeHead(answered.statusCode ?? 502, answered.statusMessage, answered.rawHeaders);
          answered.pipe(answer);
          answer.once('finish', () => how.onAnswered?.(answered));
          return;
        }
        void change(answered, changes)
          .then((changed) => {
            how.onAnswered?.(answered);
            if (changed === 'reset') answer.destroy();
            else sendAnswer(answer, changed);
          })
          .catch((error: unknown) => answer.destroy(error as Error));
      },
    );
    // The client's own retries know best what a broken connection means.
    forwarded.on('error', () => answer.destroy());
    answer.once('close', () => forwarded.destroy());
    asked.on('error', () => forwarded.destroy());
    if (how.body) forwarded.end(how.body);
    else asked.pipe(forwarded);
  }

  const serve = (asked: IncomingMessage, answer: ServerResponse): void => {
    void handle(asked, answer).catch(() => answer.destroy());
  };
  const server = options.https
    ? createHttpsServer(
        { cert: await readFile(options.https.certificateFile), key: await readFile(options.https.keyFile) },
        serve,
      )
    : createServer(serve);
  server.requestTimeout = 0;
  server.keepAliveTimeout = 60_000;
  const port = await listen(server, `The ${options.service} storage`, options.port);
  return {
    port,
    stop: async () => {
      const closed = new Promise<void>((settle) => server.close(() => settle()));
      server.closeAllConnections();
      agent.destroy();
      await closed;
    },
  };
}

async function change(
  answered: IncomingMessage,
  changes: readonly NonNullable<ReturnType<NonNullable<StorageLayer['answer']>>>[],
): Promise<StorageAnswer | 'reset'> {
  let answer = await readAnswer(answered);
  for (const step of changes) {
    const changed = await step(answer);
    if (changed === 'reset') return 'reset';
    answer = changed;
  }
  return answer;
}
