import { randomUUID, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { listen } from '../process/listen.ts';
import { signToken } from './accessToken.ts';

/**
 * The token endpoint that App Service and Functions give to an app with a managed identity: `IDENTITY_ENDPOINT` and
 * `IDENTITY_HEADER` (Microsoft Learn, "Use managed identities for App Service and Azure Functions": REST endpoint
 * reference, api-version 2019-08-01).
 */
interface IdentityOptions {
  /** 0 or absent: any free port. */
  readonly port?: number;
  /** What the tokens are signed with; the regions get the same. */
  readonly secret: string;
  /** How long a token lives; Azure's live 24 hours. @default 86400 */
  readonly tokenLifetimeSeconds?: number;
  /**
   * Client ids of the app's user-assigned identities. A request that names none of them is refused with 400, as for an app
   * without a system-assigned identity. Absent: every client id has an identity, and the app has one of its own.
   */
  readonly clientIds?: readonly string[];
  /** How it fails until this is changed. */
  readonly fail?: IdentityFault;
}

type IdentityFault =
  | { readonly kind: 'none' }
  /** 500, or 400 as for an identity that the app does not have. */
  | { readonly kind: 'status'; readonly status: 400 | 500 }
  /** Answers rightly, this much later. */
  | { readonly kind: 'slow'; readonly ms: number }
  /** Closes the connection without an answer. */
  | { readonly kind: 'down' };

/** One call that came in, right or wrong. */
interface TokenRequest {
  readonly atMs: number;
  readonly resource: string | null;
  readonly clientId: string | null;
  readonly status: number | null;
}

export interface IdentityEndpoint {
  /** For `IDENTITY_ENDPOINT`. */
  readonly url: string;
  /** For `IDENTITY_HEADER`. */
  readonly header: string;
  /** How many calls came in. */
  readonly requests: () => number;
  /** The requests, oldest first. */
  readonly asked: () => readonly TokenRequest[];
  readonly fail: (fault: IdentityFault) => void;
  readonly close: () => Promise<void>;
}

const NO_IDENTITY =
  'No User Assigned or Delegated Managed Identity found for specified ClientId/ResourceId/PrincipalId.';

/**
 * Starts the identity endpoint on 127.0.0.1.
 *
 * @throws {Error} (EADDRINUSE) when the port is taken.
 * @example
 * const identity = await startIdentityEndpoint({ secret: 'local' });
 * process.env.IDENTITY_ENDPOINT = identity.url;
 * process.env.IDENTITY_HEADER = identity.header;
 */
export async function startIdentityEndpoint(options: IdentityOptions): Promise<IdentityEndpoint> {
  const header = randomUUID();
  const lifetimeSeconds = options.tokenLifetimeSeconds ?? 86_400;
  const asked: TokenRequest[] = [];
  let fault: IdentityFault = options.fail ?? { kind: 'none' };

  const answer = (incoming: IncomingMessage, outgoing: ServerResponse): void => {
    const target = incoming.url ?? '/';
    const url = new URL(URL.canParse(target, 'http://localhost') ? target : '/', 'http://localhost');
    const resource = url.searchParams.get('resource');
    const clientId = url.searchParams.get('client_id');
    const note = (status: number | null): void => {
      asked.push({ atMs: Date.now(), resource, clientId, status });
    };
    const reply = (status: number, body: object): void => {
      note(status);
      outgoing.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    };
    if (fault.kind === 'down') {
      note(null);
      incoming.socket.destroy();
      return;
    }
    if (fault.kind === 'status') {
      reply(fault.status, {
        statusCode: fault.status,
        message: fault.status === 400 ? NO_IDENTITY : 'Internal error.',
      });
      return;
    }
    const problem = refusal(incoming, { url, header, resource });
    if (problem) {
      reply(problem.status, { statusCode: problem.status, message: problem.message });
      return;
    }
    if (options.clientIds && !options.clientIds.includes(clientId ?? '')) {
      reply(400, { statusCode: 400, message: NO_IDENTITY });
      return;
    }
    const audience = resource ?? '';
    const issuedAtSeconds = Math.floor(Date.now() / 1000);
    const expiresAtSeconds = issuedAtSeconds + lifetimeSeconds;
    const claims = { audience, clientId: clientId ?? 'system-assigned', issuedAtSeconds, expiresAtSeconds };
    const token = signToken(claims, options.secret);
    const granted = {
      access_token: token,
      expires_on: String(expiresAtSeconds),
      token_type: 'Bearer',
      resource: audience,
      ...(clientId === null ? {} : { client_id: clientId }),
    };
    if (fault.kind === 'slow') setTimeout(() => reply(200, granted), fault.ms);
    else reply(200, granted);
  };

  // A connection that is reused just as it times out is reset: an unwanted fault.
  const server = createServer({ keepAliveTimeout: 60_000 }, (incoming, outgoing) => {
    incoming.resume();
    answer(incoming, outgoing);
  });
  const port = await listen(server, 'The identity endpoint', options.port ?? 0);
  return {
    url: `http://127.0.0.1:${port}/msi/token`,
    header,
    requests: () => asked.length,
    asked: () => [...asked],
    fail: (next) => {
      fault = next;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function refusal(
  incoming: IncomingMessage,
  asked: { readonly url: URL; readonly header: string; readonly resource: string | null },
): { readonly status: number; readonly message: string } | undefined {
  if (asked.url.pathname !== '/msi/token')
    return { status: 404, message: `There is nothing at ${asked.url.pathname}.` };
  if (incoming.method !== 'GET') return { status: 405, message: `${incoming.method} is not allowed; use GET.` };
  const given = Buffer.from(String(incoming.headers['x-identity-header'] ?? ''));
  const wanted = Buffer.from(asked.header);
  if (given.length !== wanted.length || !timingSafeEqual(given, wanted)) {
    return { status: 401, message: 'The X-IDENTITY-HEADER is missing or is not the one of this app.' };
  }
  const version = asked.url.searchParams.get('api-version');
  if (version !== '2019-08-01') {
    return { status: 400, message: `The api-version is "${version ?? ''}"; this endpoint speaks 2019-08-01.` };
  }
  if (!asked.resource) return { status: 400, message: 'The resource parameter is missing.' };
  return undefined;
}
