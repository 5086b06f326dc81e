import { readToken } from '../identity/accessToken.ts';
import { callerOf } from '../identity/callers.ts';
import type { StorageCall } from '../storage/storageCall.ts';
import { refusalAnswer, type StorageAnswer, type StorageLayer, type StorageRefusal } from '../storage/storageLayer.ts';
import type { AccessCheck } from './accessCheck.ts';
import type { Need } from './isGranted.ts';
import { storageNeeds } from './storageNeeds.ts';

interface AccessLayerOptions {
  readonly check: AccessCheck['check'];
  /** What tokens are signed with. */
  readonly secret: string;
  /** The emulated accounts by name, each with its part of a scope and whether keys open it. */
  readonly accounts: ReadonlyMap<string, { readonly scope: string; readonly takesKeys: boolean }>;
  /** Epoch milliseconds. @default Date.now */
  readonly nowMs?: () => number;
}

const AUDIENCE = 'https://storage.azure.com';
const CHALLENGE = `Bearer authorization_uri=https://login.microsoftonline.com/00000000-0000-0000-0000-000000000000/oauth2/authorize resource_id=${AUDIENCE}`;
/** From these versions on a refusal says where to get a token. */
const CHALLENGED_SINCE = { blob: '2019-12-12', queue: '2019-12-12', table: '2020-12-06' };
/** Earlier versions of the services know no tokens. */
const TOKENS_SINCE = '2017-11-09';
/** Entra ID's clocks may be this much ahead. */
const CLOCK_SKEW_MS = 300_000;

const SEE_HEADER =
  'Server failed to authenticate the request. Please refer to the information in the www-authenticate header.';
const noAuthentication = { status: 401, code: 'NoAuthenticationInformation', message: SEE_HEADER };
const invalidToken = { status: 401, code: 'InvalidAuthenticationInfo', message: SEE_HEADER };
const noKeys: StorageRefusal = {
  status: 403,
  code: 'KeyBasedAuthenticationNotPermitted',
  message: 'Key based authentication is not permitted on this storage account.',
};
const notGranted: StorageRefusal = {
  status: 403,
  code: 'AuthorizationPermissionMismatch',
  message: 'This request is not authorized to perform this operation using this permission.',
};

/**
 * Lets a request to the storage pass when the token's caller has a role that allows it, as the services do (Microsoft Learn,
 * REST reference, "Authorize with Microsoft Entra ID"). Keys, and signatures made with them, pass where the account takes
 * keys.
 */
export function createAccessLayer(options: AccessLayerOptions): StorageLayer {
  const { check, secret, accounts, nowMs = Date.now } = options;

  const refusalOf = (call: StorageCall, body: Buffer): StorageRefusal | undefined => {
    const account = accounts.get(call.account);
    if (!account) return { status: 404, code: 'ResourceNotFound', message: 'The specified resource does not exist.' };
    const { authorization } = call.headers;
    if (call.url.searchParams.has('sig') || /^SharedKey/i.test(authorization ?? ''))
      return account.takesKeys ? undefined : noKeys;
    if (authorization === undefined) return noAuthentication;
    const clientId = clientIdOf(call, authorization);
    if (clientId === undefined) return invalidToken;
    const needs = storageNeeds(call, body, account.scope);
    const checked = check({ caller: callerOf(clientId), call: nameOf(call, account.scope, needs), needs });
    return checked.isGranted ? undefined : notGranted;
  };

  /** undefined for a token that this service does not take. */
  const clientIdOf = (call: StorageCall, authorization: string): string | undefined => {
    const token = /^Bearer (\S+)$/i.exec(authorization)?.[1];
    const claims = token === undefined ? undefined : readToken(token, secret);
    if (!claims || String(call.headers['x-ms-version'] ?? '') < TOKENS_SINCE) return undefined;
    const now = nowMs();
    const isNow = claims.issuedAtSeconds * 1000 - CLOCK_SKEW_MS <= now && now < claims.expiresAtSeconds * 1000;
    const audiences = [AUDIENCE, `https://${call.account}.${call.service}.core.windows.net`];
    return isNow && audiences.includes(claims.audience.replace(/\/$/, '')) ? claims.clientId : undefined;
  };

  return {
    refuse: (call, body) => {
      const refusal = refusalOf(call, body);
      return refusal && withChallenge(call, refusal);
    },
  };
}

function withChallenge(call: StorageCall, refusal: StorageRefusal): StorageAnswer {
  const answer = refusalAnswer(call, refusal);
  const isChallenged = String(call.headers['x-ms-version'] ?? '') >= CHALLENGED_SINCE[call.service];
  if (refusal.status !== 401 || !isChallenged) return answer;
  return { ...answer, headers: { ...answer.headers, 'www-authenticate': CHALLENGE } };
}

function nameOf({ operation, service, resource }: StorageCall, account: string, needs?: readonly Need[]): string {
  const scopes = [...new Set(needs?.map(({ scope }) => scope) ?? [`${account}/${service}/${resource}`])];
  return `${operation} ${scopes.join(' ')}`;
}
