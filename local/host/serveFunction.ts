import { isOpenedBy } from './hostKeys.ts';
import { runBuffered } from './httpBuffered.ts';
import { answer, type HttpCall, type HttpHost, keyOf } from './httpCall.ts';
import { runStreamed } from './httpStreamed.ts';
import type { HttpTrigger, IndexedFunction } from './indexFunctions.ts';
import { matchRoute } from './route.ts';

/** Finds the function of a call and runs it. A path or a method that no function has is 404 with an empty body. */
export async function serveFunction(host: HttpHost, call: HttpCall): Promise<void> {
  const found = findFunction(host.functions, { method: call.incoming.method ?? '', path: call.url.pathname });
  if (found === undefined) {
    answer(call.outgoing, 404);
    return;
  }
  const { authLevel } = found.called.trigger;
  if (host.keys !== undefined && authLevel !== 'anonymous') {
    const locked =
      authLevel === 'admin'
        ? { kind: 'admin' as const }
        : { kind: 'function' as const, functionName: found.called.name };
    if (!isOpenedBy(host.keys, locked, keyOf(call))) {
      answer(call.outgoing, 401);
      return;
    }
  }
  // The host gives up on a body above its limit (100 MiB unless FUNCTIONS_REQUEST_BODY_SIZE_LIMIT says otherwise): 500.
  if (Number(call.incoming.headers['content-length'] ?? 0) > host.bodyLimitBytes) {
    host.log('error', 'Host', `The request body is larger than the limit of ${host.bodyLimitBytes} bytes.`);
    answer(call.outgoing, 500);
    call.incoming.resume();
    return;
  }
  await (host.streamingUrl === undefined ? runBuffered : runStreamed)(host, { ...call, ...found });
}

/** `functions` in the order of their routes (`byRoute`). */
function findFunction(
  functions: readonly IndexedFunction<HttpTrigger>[],
  asked: { readonly method: string; readonly path: string },
): { called: IndexedFunction<HttpTrigger>; parameters: Readonly<Record<string, string>> } | undefined {
  for (const called of functions) {
    if (!called.trigger.methods.includes(asked.method)) continue;
    const parameters = matchRoute(called.trigger.route, asked.path);
    if (parameters !== undefined) return { called, parameters };
  }
  return undefined;
}

/** The order in which routes are tried: the more exact one first. */
export function byRoute(a: IndexedFunction<HttpTrigger>, b: IndexedFunction<HttpTrigger>): number {
  return a.trigger.route.precedence < b.trigger.route.precedence ? -1 : 1;
}
