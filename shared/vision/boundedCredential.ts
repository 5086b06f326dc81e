import { inTime } from '../concurrency/inTime.ts';

/** The part of `@azure/identity`'s credential that its clients use. */
export interface TokenCredential {
  getToken(scopes: string | string[], options?: object): Promise<AccessToken | null>;
}

interface AccessToken {
  readonly token: string;
  readonly expiresOnTimestamp: number;
  readonly refreshAfterTimestamp?: number;
}

/** With an identity endpoint that answers 404, the credential takes 18 s including retries (@azure/identity 4.14.1). */
const LONGEST_TRY_MS = 30_000;

/**
 * A credential whose tries end after 30 s. Everything else is done by the libraries: Azure's clients and
 * `getBearerTokenProvider` join parallel requests, keep the token, renew it in the background, and keep using it while
 * the identity endpoint is down. They have no time limit: without this one, a request that is never answered would
 * block all later ones for the life of the process.
 */
export function boundedCredential(credential: TokenCredential): TokenCredential {
  return {
    async getToken(scopes, options) {
      const end = await inTime(() => credential.getToken(scopes, options), { waitMs: LONGEST_TRY_MS });
      if (end.kind !== 'done') throw new Error(`The identity endpoint gave no token within ${LONGEST_TRY_MS} ms.`);
      return end.value;
    },
  };
}
