import { readToken, type TokenClaims } from '../identity/accessToken.ts';
import { badKey, badToken, type ServiceError } from './serviceError.ts';

/** The audiences that the service takes tokens for: the older scope and the one of the v1 documentation. */
const audiences = new Set(['https://cognitiveservices.azure.com', 'https://ai.azure.com']);

// Checking a signature costs more than the rest of a small request, and tokens live for hours.
const remembered = new Map<string, TokenClaims>();
const rememberedTokens = 200;

/** Why a caller is not let in; undefined when its bearer token is good. Keys are not taken. */
export function tokenProblem(
  authorization: string | undefined,
  check: { readonly secret: string; readonly nowMs: number },
): ServiceError | undefined {
  if (authorization === undefined) return badKey;
  const token = /^Bearer (\S+)$/i.exec(authorization)?.[1];
  if (token === undefined) return badToken;
  const key = `${check.secret} ${token}`;
  const claims = remembered.get(key) ?? readToken(token, check.secret);
  if (!claims) return badToken;
  if (remembered.size >= rememberedTokens) remembered.clear();
  remembered.set(key, claims);
  const isFresh = claims.expiresAtSeconds * 1000 > check.nowMs;
  return isFresh && audiences.has(claims.audience.replace(/\/$/, '')) ? undefined : badToken;
}
