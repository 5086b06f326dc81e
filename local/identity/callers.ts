import type { TokenCredential } from '@azure/identity';
import { signToken } from './accessToken.ts';

/** Who calls Azure in an installation: the principals to which the template assigns roles. */
export type Caller = 'application' | 'operator' | 'events';

/** The client ids of their tokens. Event Grid calls with its topic's identity. */
export const CLIENT_IDS: Readonly<Record<Caller, string>> = {
  application: '0a4cc1e5-0000-4000-8000-000000000001',
  operator: '0a4cc1e5-0000-4000-8000-000000000002',
  events: '0a4cc1e5-0000-4000-8000-000000000003',
};

/** @returns undefined for a client id to which the template assigns nothing */
export function callerOf(clientId: string): Caller | undefined {
  return (Object.keys(CLIENT_IDS) as Caller[]).find((caller) => CLIENT_IDS[caller] === clientId);
}

const LIFETIME_SECONDS = 3600;

/**
 * The credential of a caller that has no identity endpoint: a person who signed in, a service of Azure.
 *
 * @param secret what the identity endpoint signs its tokens with
 */
export function signInAs(caller: Caller, secret: string): TokenCredential {
  return {
    getToken: async (scopes) => {
      const audience = [scopes].flat()[0]?.replace(/\/?\/\.default$/, '') ?? '';
      const issuedAtSeconds = Math.floor(Date.now() / 1000);
      const expiresAtSeconds = issuedAtSeconds + LIFETIME_SECONDS;
      const claims = { audience, clientId: CLIENT_IDS[caller], issuedAtSeconds, expiresAtSeconds };
      return { token: signToken(claims, secret), expiresOnTimestamp: expiresAtSeconds * 1000 };
    },
  };
}
