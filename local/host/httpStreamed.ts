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
 *
 * An answer is passed on when the whole body has been sent: the host's client reads none before. So a body that comes in
 * chunks and goes over the limit is 500, although the function has refused it already (seen with host 4.1037: 105 MB).
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

/** Sends the call to the library's server. @returns its answer, once the whole body has been sent */
async function proxy(host: HttpHost, call: HttpInvocation, invocationId: string): Promise<IncomingMessage> {
  const { incoming, outgoing, url } = call;
  const answered = Promise.withResolvers<IncomingMessage>();
  const sent = Promise.withResolvers<void>();
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
  const fail = (error: Error): void => {
    answered.reject(error);
    sent.reject(error);
    proxied.destroy(error);
  };
  proxied.once('response', answered.resolve).once('finish', sent.resolve).on('error', fail);
  proxied.once('timeout', () => fail(new Error('Nothing was sent for 240 s.')));
  outgoing.once('close', () => {
    fail(new Error('The caller has closed its connection.'));
    readOn(incoming);
  });
  const limited = limitBytes(host.bodyLimitBytes).on('error', fail);
  incoming.pipe(limited).pipe(proxied);
  incoming.on('error', fail);
  const [response] = await Promise.all([answered.promise, sent.promise]);
  return response;
}

/**
 * A body over the limit is answered before it was read. The rest of it is read and dropped for a while, as Kestrel does: to
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
