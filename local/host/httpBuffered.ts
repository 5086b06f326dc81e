import type { IncomingMessage, ServerResponse } from 'node:http';
import { answer, type HttpHost, type HttpInvocation, joinedHeaders, joinedQuery } from './httpCall.ts';
import type { RpcCookie, RpcHttp } from './workerProtocol.ts';

/**
 * Runs an HTTP function without streaming: the whole body goes in with the invocation, the whole answer comes back.
 * A body without `Content-Length` never reaches the function (seen with host 4.1037). A throw is 500 without a body.
 */
export async function runBuffered(host: HttpHost, call: HttpInvocation): Promise<void> {
  const { incoming, outgoing, url } = call;
  const body = Number(incoming.headers['content-length'] ?? 0) > 0 ? await readWhole(incoming) : undefined;
  const http: RpcHttp = {
    method: incoming.method ?? 'GET',
    url: url.href,
    nullableHeaders: nullable(joinedHeaders(incoming)),
    nullableQuery: nullable(joinedQuery(url)),
    nullableParams: nullable(call.parameters),
    ...(body && { body: { bytes: body } }),
  };
  try {
    const { returnValue } = await host.invoker.invoke(call.called.registered, {
      inputData: [{ name: call.called.bindingName, data: { http } }],
      triggerMetadata: {},
    });
    if (returnValue?.http === undefined) answer(outgoing, 204);
    else writeAnswer(outgoing, returnValue.http);
  } catch {
    // The invoker has logged it; the caller learns nothing of the app's insides.
    answer(outgoing, 500);
  }
}

async function readWhole(incoming: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

function nullable(values: Readonly<Record<string, string>>): Record<string, { value: string }> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, { value }]));
}

function writeAnswer(outgoing: ServerResponse, http: RpcHttp): void {
  outgoing.statusCode = Number(http.statusCode ?? 200);
  for (const [name, value] of Object.entries(http.headers ?? {})) outgoing.setHeader(name, value);
  const cookies = (http.cookies ?? []).map(cookieHeader);
  if (cookies.length > 0) outgoing.setHeader('set-cookie', cookies);
  outgoing.end(http.body?.bytes);
}

function cookieHeader(cookie: RpcCookie): string {
  const seconds = cookie.expires?.value?.seconds;
  const sameSite = { lax: 'Lax', strict: 'Strict', none: 'None', explicitNone: 'None' }[cookie.sameSite ?? ''];
  return [
    `${cookie.name}=${encodeURIComponent(cookie.value ?? '')}`,
    cookie.maxAge?.value === undefined ? undefined : `Max-Age=${cookie.maxAge.value}`,
    cookie.domain?.value && `Domain=${cookie.domain.value}`,
    cookie.path?.value && `Path=${cookie.path.value}`,
    seconds === undefined ? undefined : `Expires=${new Date(seconds * 1000).toUTCString()}`,
    cookie.secure?.value && 'Secure',
    cookie.httpOnly?.value && 'HttpOnly',
    sameSite && `SameSite=${sameSite}`,
  ]
    .filter((part) => part)
    .join('; ');
}
