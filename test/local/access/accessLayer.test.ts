import { describe, expect, it } from 'vitest';
import { createAccessCheck } from '../../../local/access/accessCheck.ts';
import { createAccessLayer } from '../../../local/access/accessLayer.ts';
import { BUILT_IN_ROLES } from '../../../local/access/builtInRoles.ts';
import type { Grant } from '../../../local/access/isGranted.ts';
import { signToken } from '../../../local/identity/accessToken.ts';
import { CLIENT_IDS } from '../../../local/identity/callers.ts';
import { readStorageCall, type StorageService } from '../../../local/storage/storageCall.ts';
import type { StorageAnswer } from '../../../local/storage/storageLayer.ts';

const NOW_MS = Date.UTC(2026, 10, 30);
const reader = BUILT_IN_ROLES['2a2b9908-6ea1-4ae2-8e65-a410df84e7d1'];
const grants: readonly Grant[] = reader ? [{ caller: 'application', role: reader, scope: 'data/blob/images' }] : [];

interface Token {
  readonly audience?: string;
  readonly clientId?: string;
  readonly startsInS?: number;
  readonly lastsS?: number;
  readonly secret?: string;
}

function bearer({
  audience = 'https://storage.azure.com',
  startsInS = -60,
  lastsS = 3600,
  ...more
}: Token = {}): string {
  const issuedAtSeconds = NOW_MS / 1000 + startsInS;
  const clientId = more.clientId ?? CLIENT_IDS.application;
  const claims = { audience, clientId, issuedAtSeconds, expiresAtSeconds: issuedAtSeconds + lastsS };
  return `Bearer ${signToken(claims, more.secret ?? 'the secret')}`;
}

async function ask(
  path: string,
  headers: Record<string, string>,
  { service = 'blob', takesKeys = false }: { service?: StorageService; takesKeys?: boolean } = {},
): Promise<StorageAnswer | undefined> {
  const layer = createAccessLayer({
    ...{ check: createAccessCheck(grants).check, secret: 'the secret', nowMs: () => NOW_MS },
    accounts: new Map([['account', { scope: 'data', takesKeys }]]),
  });
  const all = { 'x-ms-version': '2026-06-06', ...headers };
  const url = new URL(`https://127.0.0.1/account${path}`);
  const call = readStorageCall(service, { method: 'GET', url, headers: all });
  if (!call) throw new Error(`${path} is no call.`);
  const refused = await layer.refuse?.(call, Buffer.alloc(0));
  return refused === 'reset' ? undefined : refused;
}

const codeOf = (answer: StorageAnswer | undefined): string =>
  answer ? `${answer.status} ${answer.headers['x-ms-error-code']}` : 'passes';

describe('createAccessLayer', () => {
  it.each<[string, string, Token]>([
    ['a good token', 'passes', {}],
    ['the address of the account as its audience', 'passes', { audience: 'https://account.blob.core.windows.net/' }],
    ['another audience', '401 InvalidAuthenticationInfo', { audience: 'https://cognitiveservices.azure.com' }],
    [
      'another account as its audience',
      '401 InvalidAuthenticationInfo',
      { audience: 'https://other.blob.core.windows.net' },
    ],
    ['a signature of somebody else', '401 InvalidAuthenticationInfo', { secret: 'a guess' }],
    ['an end that is over', '401 InvalidAuthenticationInfo', { startsInS: -3600, lastsS: 3600 }],
    ['a beginning that is far off', '401 InvalidAuthenticationInfo', { startsInS: 600 }],
    ['a caller without a role', '403 AuthorizationPermissionMismatch', { clientId: CLIENT_IDS.operator }],
    ['a caller whom nobody knows', '403 AuthorizationPermissionMismatch', { clientId: 'somebody' }],
  ])('%s: %s', async (_what, code, token) => {
    expect(codeOf(await ask('/images/a.png', { authorization: bearer(token) }))).toBe(code);
  });

  it.each([
    ['/inbox/a.png', '403 AuthorizationPermissionMismatch'],
    ['/images?restype=container&comp=list', 'passes'],
    ['/?comp=list', '403 AuthorizationPermissionMismatch'],
    ['/?restype=service&comp=properties', '403 AuthorizationPermissionMismatch'],
  ])('a role on one container, at %s: %s', async (path, code) => {
    expect(codeOf(await ask(path, { authorization: bearer() }))).toBe(code);
  });

  it.each([
    ['a key', '/images/a.png', { authorization: 'SharedKey account:c2ln' }],
    ['a key, the short form', '/images/a.png', { authorization: 'SharedKeyLite account:c2ln' }],
    ['a signature made with a key', '/images/a.png?sv=2026-06-06&sig=c2ln', {}],
  ])('%s passes only where the account takes keys', async (_what, path, headers) => {
    expect(codeOf(await ask(path, headers as Record<string, string>))).toBe('403 KeyBasedAuthenticationNotPermitted');
    expect(codeOf(await ask(path, headers as Record<string, string>, { takesKeys: true }))).toBe('passes');
  });

  it('says where to get a token to those who have none, or a bad one', async () => {
    for (const headers of [{}, { authorization: 'Bearer nonsense' }]) {
      const answer = await ask('/images/a.png', headers as Record<string, string>);
      expect(answer?.status).toBe(401);
      expect(answer?.headers['www-authenticate']).toBe(
        'Bearer authorization_uri=https://login.microsoftonline.com/00000000-0000-0000-0000-000000000000/oauth2/authorize resource_id=https://storage.azure.com',
      );
    }
    expect(codeOf(await ask('/images/a.png', {}))).toBe('401 NoAuthenticationInformation');
  });

  it('says it for tables only from the version on in which tables do', async () => {
    const headersOf = async (version: string): Promise<unknown> =>
      (await ask('/usage()', { 'x-ms-version': version }, { service: 'table' }))?.headers['www-authenticate'];
    expect(await headersOf('2019-02-02')).toBeUndefined();
    expect(await headersOf('2020-12-06')).toContain('Bearer ');
  });

  it('takes no token with a version of the service that knows none', async () => {
    const headers = { authorization: bearer(), 'x-ms-version': '2017-07-29' };
    expect(codeOf(await ask('/images/a.png', headers))).toBe('401 InvalidAuthenticationInfo');
  });
});
