import type { ResourceManager } from '../../infra/resourceManager.ts';
import { type Answer, type Seen, serve } from './emulatedManagement.ts';
import { CONTRIBUTOR, ROLE_ADMINISTRATOR, registeredProviders } from './recordedAnswers.ts';

/** A subscription behind Azure's resource manager over HTTP. It refuses what Azure refuses. */

export const SUBSCRIPTION = '00000000-0000-0000-0000-000000000000';

export interface Subscription {
  readonly providers?: readonly unknown[];
  /** Display names, as App Service has them. */
  readonly flexRegions?: readonly string[];
  /** By region. */
  readonly models?: Readonly<Record<string, readonly unknown[]>>;
  /** By region. */
  readonly usages?: Readonly<Record<string, readonly unknown[]>>;
  readonly deletedAccounts?: readonly unknown[];
  /** What the resource group holds; undefined where there is no group. */
  readonly group?: readonly { readonly type: string; readonly name: string }[];
  /** By account. */
  readonly deployments?: Readonly<Record<string, readonly unknown[]>>;
  readonly permissions?: readonly unknown[];
  /** Names that are taken, with what Azure says. */
  readonly taken?: Readonly<Record<string, string>>;
  /** The answer in the place of the usual one, for calls that contain the text. */
  readonly instead?: Readonly<Record<string, Answer>>;
  /** Items of a page of a list. */
  readonly pageSize?: number;
}

/** Versions that Azure has registered, by namespace: folders of azure-rest-api-specs. */
const REGISTERED: Readonly<Record<string, readonly string[]>> = {
  'Microsoft.Resources': ['2021-04-01', '2025-04-01'],
  'Microsoft.CognitiveServices': ['2023-05-01', '2024-10-01', '2025-06-01'],
  'Microsoft.Storage': ['2023-01-01', '2025-06-01'],
  'Microsoft.Web': ['2023-01-01', '2025-03-01'],
  'Microsoft.Authorization': ['2015-07-01', '2022-04-01'],
};

const refused = (status: number, code: string, message: string): Answer => [status, { error: { code, message } }];

/** Without this the call gets no further, as in Azure. */
function refusal(url: URL, authorization: string | undefined): Answer | undefined {
  if (authorization !== 'Bearer token') {
    return refused(401, 'AuthenticationFailed', "Authentication failed. The 'Authorization' header is missing.");
  }
  const version = url.searchParams.get('api-version');
  if (!version) {
    return refused(400, 'MissingApiVersionParameter', 'The api-version query parameter (?api-version=) is required.');
  }
  const namespace = /.*\/providers\/([^/]+)\//.exec(url.pathname)?.[1] ?? 'Microsoft.Resources';
  if (!REGISTERED[namespace]?.includes(version)) {
    return refused(
      400,
      'NoRegisteredProviderFound',
      `No registered resource provider found for API version '${version}'.`,
    );
  }
  if (!url.pathname.startsWith(`/subscriptions/${SUBSCRIPTION}/`)) {
    return refused(404, 'SubscriptionNotFound', 'The subscription could not be found.');
  }
  return undefined;
}

export async function newSubscription(
  given: Subscription = {},
): Promise<{ readonly azure: ResourceManager; readonly seen: readonly Seen[] }> {
  const seen: Seen[] = [];

  function answer(method: string, path: string, body: string): Answer {
    const [, region = '', list = ''] = /\/locations\/(\w+)\/(models|usages)$/.exec(path) ?? [];
    if (list === 'models') return [200, given.models?.[region] ?? []];
    if (list === 'usages') return [200, given.usages?.[region] ?? []];
    if (path.endsWith('/deletedAccounts')) return [200, given.deletedAccounts ?? []];
    if (path.endsWith('/geoRegions')) return [200, (given.flexRegions ?? ['Sweden Central']).map((name) => ({ name }))];
    if (path.endsWith('/permissions')) return [200, given.permissions ?? [...CONTRIBUTOR, ...ROLE_ADMINISTRATOR]];
    if (path.endsWith('/resources')) return groupAnswer();
    const [, account = ''] = /\/accounts\/([^/]+)\/deployments$/.exec(path) ?? [];
    if (account) return [200, given.deployments?.[account] ?? []];
    if (path.endsWith('/providers')) return [200, given.providers ?? registeredProviders()];
    if (method === 'POST' && /\/check(name|domain)availability$/i.test(path)) return availability(path, body);
    return refused(404, 'InvalidResourceType', 'The resource type could not be found.');
  }

  function groupAnswer(): Answer {
    if (given.group) return [200, given.group];
    return refused(404, 'ResourceGroupNotFound', 'Resource group could not be found.');
  }

  function availability(path: string, body: string): Answer {
    const isSubdomain = path.endsWith('/checkDomainAvailability');
    const { type, ...names } = JSON.parse(body);
    const name: unknown = names[isSubdomain ? 'subdomainName' : 'name'];
    const namespace = path.split('/').at(-2) ?? '';
    if (typeof name !== 'string' || !String(type).startsWith(namespace)) {
      return refused(400, 'InvalidRequestContent', 'The request content was invalid.');
    }
    const why = given.taken?.[name];
    if (isSubdomain) {
      return [200, { isSubdomainAvailable: !why, reason: why ?? null, subdomainName: name, type: null }];
    }
    return [200, why ? { nameAvailable: false, reason: 'AlreadyExists', message: why } : { nameAvailable: true }];
  }

  /** Lists come in pages, the next one at an absolute address. */
  function paged([status, body]: Answer, url: URL): Answer {
    if (!Array.isArray(body)) return [status, body];
    const size = given.pageSize ?? 1000;
    const start = Number(url.searchParams.get('$skiptoken') ?? 0);
    const next = new URL(url);
    next.searchParams.set('$skiptoken', String(start + size));
    const isLast = start + size >= body.length;
    return [status, { value: body.slice(start, start + size), ...(isLast ? {} : { nextLink: next.href }) }];
  }

  const address = await serve((request, body, response) => {
    const url = new URL(request.url ?? '', `http://${request.headers.host}`);
    const call = `${request.method} ${url.pathname}${url.search}`;
    seen.push({ call, authorization: request.headers.authorization, body });
    const instead = Object.entries(given.instead ?? {}).find(([part]) => call.includes(part))?.[1];
    const [status, answered] =
      refusal(url, request.headers.authorization) ??
      instead ??
      paged(answer(request.method ?? '', url.pathname, body), url);
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(JSON.stringify(answered));
  });
  return {
    azure: { url: address, getToken: async () => 'token', sleep: async () => {}, say: () => {} },
    seen,
  };
}
