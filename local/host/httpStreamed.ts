import { randomUUID } from 'node:crypto';
import { type IncomingMessage, request as sendRequest } from 'node:http';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { answer, type HttpHost, type HttpInvocation, joinedHeaders, joinedQuery } from './httpCall.ts';

/** The host gives a streamed call up after this long without a byte in either direction (DefaultHttpProxyService). */
const ACTIVITY_TIMEOUT_MS = 240_000;

/** Kestrel gives its callers 5 s (`RequestBodyDrainTimeout`); here others may keep the machine busy. */
const READING_ON_MS = 30_000;

/** What belongs to one connection and not to the call (RFC 9110, 7.6.1), and the host, which the proxied call has its own of. */
const CONNECTION_HEADERS = ['connection', 'keep-alive', 'upgrade', 'te', 'trailer', 'transfer-encoding'];
const OWN_HEADERS = [...CONNECTION_HEADERS.filter((name) => name !== 'transfer-encoding'), 'host'];

/**
 * Runs an HTTP function with streaming: the request is proxied to the library's own server, which finds the invocation by
 * `x-ms-invocation-id`; the answer comes back over that connection. So a function that throws, or returns nothing, leaves
 * its caller without an answer (seen with host 4.1037: over 60 s); one that fails after its headers were sent is cut off.
 */
export async function runStreamed(host: HttpHost, call: HttpInvocation): Promise<void> {
  const { outgoing, url, parameters } = call;
  const invocationId = randomUUID();
  const invoked = host.invoker
    .invoke(call.called.registered, {
      invocationId,
      inputData: [{ name: call.called.bindingName, data: { http: {} } }],
      triggerMetadata: {
        ...Object.fromEntries(Object.entries(parameters).map(([name, string]) => [name, { string }])),
        Headers: { json: JSON.stringify(joinedHeaders(call.incoming)) },
        Query: { json: JSON.stringify(joinedQuery(url)) },
      },
    })
    .catch(() => {
      if (outgoing.headersSent) outgoing.destroy();
    });
  try {
    const answered = await proxy(host, call, invocationId);
    outgoing.writeHead(answered.statusCode ?? 502, answered.rawHeaders.filter(isEndToEnd(answered.rawHeaders)));
    outgoing.flushHeaders();
    await pipeline(answered, outgoing);
    await invoked;
  } catch (error) {
    if (error instanceof BodyTooLarge) host.log('error', 'Host', error.message);
    answer(outgoing, 500);
  }
}

async function proxy(host: HttpHost, call: HttpInvocation, invocationId: string): Promise<IncomingMessage> {
  const { incoming, outgoing, url } = call;
  return new Promise((succeed, fail) => {
    const proxied = sendRequest(new URL(incoming.url ?? '/', host.streamingUrl), {
      method: incoming.method,
      timeout: ACTIVITY_TIMEOUT_MS,
      headers: {
        ...Object.fromEntries(Object.entries(incoming.headersDistinct).filter(([name]) => !OWN_HEADERS.includes(name))),
        'x-ms-invocation-id': invocationId,
        'x-forwarded-host': url.host,
        'x-forwarded-proto': url.protocol.slice(0, -1),
      },
    });
    proxied.once('response', succeed);
    proxied.on('error', fail);
    proxied.once('timeout', () => proxied.destroy(new Error('Nothing was sent for 240 s.')));
    outgoing.once('close', () => {
      proxied.destroy();
      readOn(incoming);
    });
    const limited = limitBytes(host.bodyLimitBytes).on('error', (error) => proxied.destroy(error));
    incoming.pipe(limited).pipe(proxied);
    incoming.on('error', (error) => proxied.destroy(error));
  });
}

/**
 * An answer may come before the whole body was read. The rest of it is read and dropped for a while, as Kestrel does: to
 * close the connection at once would reset it, and the caller would lose an answer that it has not read yet.
 */
function readOn(incoming: IncomingMessage): void {
  if (incoming.complete) return;
  const late = setTimeout(() => incoming.destroy(), READING_ON_MS).unref();
  incoming
    .unpipe()
    .resume()
    .once('close', () => clearTimeout(late));
}

class BodyTooLarge extends Error {
  override readonly name = 'BodyTooLarge';
}

function limitBytes(limit: number): Transform {
  let bytes = 0;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.length;
      if (bytes > limit) done(new BodyTooLarge(`The request body is larger than the limit of ${limit} bytes.`));
      else done(null, chunk);
    },
  });
}

/** Leaves out what belongs to the connection with the library, in a list of names and values in turn. */
function isEndToEnd(rawHeaders: readonly string[]): (part: string, index: number) => boolean {
  return (_part, index) => {
    const name = rawHeaders[index - (index % 2)]?.toLowerCase() ?? '';
    return !CONNECTION_HEADERS.includes(name);
  };
}
