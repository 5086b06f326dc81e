import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { installationFrom } from '../../infra/installation.ts';
import type { ResourceManager } from '../../infra/resourceManager.ts';

/** Azure's resource manager and a function app over HTTP, with the answers that Azure gives while an installation is new. */

export type Answer = readonly [status: number, body: unknown];

export interface NewInstallation {
  readonly ingestion?: 'blob' | 'queue';
  /** How old the roles are at the first call; undefined where they are not there. */
  readonly rolesAgeMs?: number;
  /** Calls after which the roles are listed. */
  readonly rolesListedAfter?: number;
  readonly refusedRoles?: Answer;
  /** Answers to the question for the host's keys, the last one for ever. */
  readonly keys?: readonly Answer[];
  /** Answers to each start or look at the deployment, in turn. */
  readonly deployments?: readonly Answer[];
  /** What the app says of its health. */
  readonly health?: Answer;
}

export interface Seen {
  readonly call: string;
  readonly authorization: string | undefined;
  readonly body: string;
}

export const KEY: Answer = [200, { systemKeys: { blobs_extension: 'secret-of-the-host' } }];
export const NO_KEY: Answer = [200, { systemKeys: {} }];
export const SUCCEEDED: Answer = [200, { properties: { provisioningState: 'Succeeded' } }];

const OWNER = 'b7e6dc6d-f1e8-4753-8033-0f276bb0955b';
const CONTRIBUTOR = 'ba92f5b4-2d11-453d-a403-e96b0029c9fe';
const SENDER = 'c6a89b2d-59bc-44d0-9896-0f6e12d7b80a';

const STARTED_MS = Date.UTC(2026, 11, 1, 12);
const OLD_MS = 86_400_000;

/** The app with the identity that reads its code, and one that an operator gave it. Azure writes ids in either case. */
const SITE = {
  identity: {
    userAssignedIdentities: {
      '/identities/other': { principalId: 'of-other' },
      '/identities/Application': { principalId: 'of-app' },
    },
  },
  properties: {
    functionAppConfig: {
      deployment: { storage: { authentication: { userAssignedIdentityResourceId: '/identities/application' } } },
    },
  },
};

let servers: Server[] = [];

export function closeServers(): void {
  for (const server of servers) server.close();
  servers = [];
}

/** Serves on this machine until `closeServers`. @returns the address, no trailing slash */
export async function serve(
  handle: (request: IncomingMessage, body: string, response: ServerResponse) => void,
): Promise<string> {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk) => chunks.push(chunk));
    request.on('end', () => handle(request, Buffer.concat(chunks).toString(), response));
  }).listen(0, '127.0.0.1');
  servers.push(server);
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

export async function newInstallation(given: NewInstallation = {}): Promise<{
  readonly installation: ReturnType<typeof installationFrom>;
  readonly azure: ResourceManager;
  readonly seen: readonly Seen[];
  readonly said: readonly string[];
  readonly sleptMs: () => number;
}> {
  const seen: Seen[] = [];
  const said: string[] = [];
  let sleptMs = 0;
  const count = (part: string): number => seen.filter(({ call }) => call.includes(part)).length;
  const nth = (answers: readonly Answer[], index: number): Answer =>
    answers[Math.min(index, answers.length - 1)] ?? [500, ''];

  function answer(call: string): Answer {
    if (call.includes('/roleAssignments')) return given.refusedRoles ?? [200, { value: roles(call) }];
    if (call.includes('/listKeys')) return nth(given.keys ?? [KEY], count('/listKeys'));
    if (call.includes('/deployments/')) return nth(given.deployments ?? [SUCCEEDED], count('/deployments/'));
    if (call.includes('/api/health')) return given.health ?? [200, { status: 'ok' }];
    if (call.includes('/sites/')) return [200, SITE];
    if (call.includes('/systemTopics/')) return [200, { identity: { principalId: 'of-topic' } }];
    return [404, { error: { code: 'NotFound' } }];
  }

  function roles(call: string): readonly unknown[] {
    if (count('/roleAssignments') < (given.rolesListedAfter ?? 0)) return [];
    const createdOn = new Date(STARTED_MS - (given.rolesAgeMs ?? OLD_MS)).toISOString();
    const held = call.includes('of-app') ? [OWNER] : [CONTRIBUTOR, SENDER];
    return held.map((id) => ({ properties: { roleDefinitionId: `/roleDefinitions/${id}`, createdOn } }));
  }

  const url = await serve((request, body, response) => {
    const call = `${request.method} ${decodeURIComponent(request.url ?? '')}`;
    const [status, answered] = answer(call);
    seen.push({ call, authorization: request.headers.authorization, body });
    response.writeHead(status, { date: new Date(STARTED_MS + sleptMs).toUTCString() });
    response.end(typeof answered === 'string' ? answered : JSON.stringify(answered));
  });
  return {
    installation: installationFrom({
      AZURE_SUBSCRIPTION_ID: 'sub',
      AZURE_RESOURCE_GROUP: 'group',
      INGESTION: given.ingestion ?? 'blob',
      FUNCTION_APP_NAME: 'app',
      HOST_ACCOUNT_NAME: 'sthost',
      IMAGES_ACCOUNT_NAME: 'stdata',
      UPLOADS_TOPIC_NAME: 'topic',
      API_URL: `${url}/api`,
    }),
    azure: {
      url,
      getToken: async () => 'token',
      sleep: async (waitMs) => {
        sleptMs += waitMs;
      },
      say: (sentence) => said.push(sentence),
    },
    seen,
    said,
    sleptMs: () => sleptMs,
  };
}
