import { type SharingOptions, sharedCredential, type TokenCredential } from './sharedCredential.ts';

/** Gives the token of a scope (`https://cognitiveservices.azure.com/.default`), one request for all who ask at once. */
export function createTokenSource(
  sources: SharingOptions & { readonly credential: TokenCredential },
): (scope: string) => Promise<string> {
  const credential = sharedCredential(sources.credential, sources);
  return async (scope) => {
    const token = await credential.getToken(scope);
    if (token === null) throw new Error('The credential gave no token.');
    return token.token;
  };
}
