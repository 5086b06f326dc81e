import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ManagedIdentityCredential } from '@azure/identity';

/**
 * The identity endpoint of an App Service or Functions instance, as `ManagedIdentityCredential` asks it. One for a
 * whole file: the library keeps the first address that it saw in a process.
 */
export interface IdentityEndpoint {
  /** The resources that tokens were asked for, in order. */
  readonly asked: string[];
  lifeSeconds: number;
  status: number;
  answers: boolean;
  /** Works again, and remembers nothing. */
  reset(): void;
  /** A credential that has never been seen: the library keeps tokens per client id for the whole process. */
  newCredential(): ManagedIdentityCredential;
  close(): Promise<void>;
}

export async function startIdentityEndpoint(): Promise<IdentityEndpoint> {
  const server = createServer((request, reply) => {
    const url = new URL(request.url ?? '/', 'http://identity');
    identity.asked.push(url.searchParams.get('resource') ?? '');
    if (!identity.answers) return;
    reply.writeHead(identity.status, { 'content-type': 'application/json' });
    const token = {
      access_token: `token-${identity.asked.length}`,
      expires_on: String(Math.floor(Date.now() / 1000) + identity.lifeSeconds),
      token_type: 'Bearer',
      resource: url.searchParams.get('resource'),
    };
    reply.end(JSON.stringify(identity.status === 200 ? token : { error: 'invalid_request' }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { IDENTITY_ENDPOINT: endpointBefore, IDENTITY_HEADER: headerBefore } = process.env;
  const { port } = server.address() as AddressInfo;
  Object.assign(process.env, {
    IDENTITY_ENDPOINT: `http://127.0.0.1:${port}/token`,
    IDENTITY_HEADER: 'header-of-the-test',
  });
  const identity: IdentityEndpoint = {
    asked: [],
    lifeSeconds: 3600,
    status: 200,
    answers: true,
    reset() {
      identity.asked.length = 0;
      Object.assign(identity, { lifeSeconds: 3600, status: 200, answers: true });
    },
    newCredential: () => new ManagedIdentityCredential({ clientId: randomUUID() }),
    close: () =>
      new Promise((resolve) => {
        restore('IDENTITY_ENDPOINT', endpointBefore);
        restore('IDENTITY_HEADER', headerBefore);
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return identity;
}

function restore(name: string, value: string | undefined): void {
  if (value === undefined) delete process.env[name];
  else process.env[name] = value;
}
