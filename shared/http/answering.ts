import type { HttpHandler, HttpRequest, HttpResponseInit, InvocationContext } from '@azure/functions';
import { AppError, NotPossible } from '../errors.ts';
import { problemResponse } from './problem.ts';

/**
 * A handler that always answers. With streamed HTTP a handler that throws leaves its caller waiting, so everything is
 * caught here, and only here.
 *
 * @param access `entra`: requests without the platform's principal header are refused
 */
export function answering(
  access: { readonly httpAuth: 'key' | 'entra'; readonly open?: true },
  handle: (request: HttpRequest, context: InvocationContext) => Promise<HttpResponseInit>,
): HttpHandler {
  return async (request, context) => {
    try {
      if (access.httpAuth === 'entra' && !access.open && !request.headers.get('x-ms-client-principal')) {
        throw new NotPossible(
          'signed-out',
          'This app asks for sign-in with Microsoft Entra ID; no principal came with the request.',
        );
      }
      return await handle(request, context);
    } catch (error) {
      if (!(error instanceof AppError)) context.error(error);
      return problemResponse(error);
    }
  };
}

/** A JSON answer. */
export function json(status: number, body: unknown, headers?: Readonly<Record<string, string>>): HttpResponseInit {
  return { status, headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(body) };
}
