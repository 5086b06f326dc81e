import type { HttpHandler, HttpRequest, HttpResponseInit, InvocationContext } from '@azure/functions';
import { AppError, NotPossible } from '../errors.ts';
import type { Config } from '../settings/config.ts';
import type { ProcessSettings } from '../settings/processSettings.ts';
import { problemResponse } from './problem.ts';
import { dropRest } from './read/readBody.ts';

type Handle = (request: HttpRequest, context: InvocationContext) => Promise<HttpResponseInit>;

/**
 * A handler that always answers. With streamed HTTP a handler that throws leaves its caller waiting, so every error is
 * caught here, and only here. The unread rest of the body is read and dropped, because the host forwards a response
 * only after it has sent the whole body.
 */
export function answering(handle: Handle): HttpHandler {
  return async (request, context) => {
    try {
      return await handle(request, context);
    } catch (error) {
      if (!(error instanceof AppError)) context.error(error);
      return problemResponse(error, request);
    } finally {
      await dropRest(request);
    }
  };
}

/**
 * Joins the access check and the handler, so that no function has one without the other. The host checks its key
 * independently of the platform's sign-in, so with sign-in it must not ask for a key. With wrong settings every call
 * gets 503 without a key check, because the access rule is one of the settings; the request is not read then.
 */
export function guarded(
  settings: ProcessSettings,
  handle: Handle,
): { readonly authLevel: 'anonymous' | 'function'; readonly handler: HttpHandler } {
  if (settings.kind === 'wrong') {
    return {
      authLevel: 'anonymous',
      handler: answering(async () => {
        throw settingsWrong(settings.problems.length);
      }),
    };
  }
  const { config } = settings;
  if (config.httpAuth === 'key') return { authLevel: 'function', handler: answering(handle) };
  return {
    authLevel: 'anonymous',
    handler: answering(async (request, context) => {
      assertSignedIn(request, config);
      return handle(request, context);
    }),
  };
}

function settingsWrong(problems: number): NotPossible {
  const count = problems === 1 ? 'One setting of the app is' : `${problems} settings of the app are`;
  return new NotPossible('settings-wrong', `${count} wrong, so it does no work; GET /api/health names each.`);
}

/** @throws {NotPossible} `signed-out` */
function assertSignedIn(request: HttpRequest, { isSignInOff }: Pick<Config, 'isSignInOff'>): void {
  const asks = 'This app asks for sign-in with Microsoft Entra ID';
  if (isSignInOff) {
    const advice =
      'Turn authentication on for the function app, or set HTTP_AUTH to "key"; GET /api/health says the same.';
    throw new NotPossible(
      'signed-out',
      `${asks}, and the platform's authentication is off: callers cannot be told apart. ${advice}`,
    );
  }
  // The platform sends one base64 value. Several values, or blanks, are not from the platform.
  if (!/^[A-Za-z0-9+/_-]+={0,2}$/.test(request.headers.get('x-ms-client-principal') ?? '')) {
    throw new NotPossible('signed-out', `${asks}; no principal of the platform came with the request.`);
  }
}
