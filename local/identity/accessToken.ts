import { createHmac, timingSafeEqual } from 'node:crypto';

/**
 * The tokens of the local cloud: JSON Web Tokens signed with a secret that the identity endpoint and the emulated
 * regions share (RFC 7519, HS256), so that a region can tell a wrong audience, an expired token and garbage apart from
 * a good one, as the service does with the tokens of Entra ID.
 */
export interface TokenClaims {
  /** The resource that the token is for, without `/.default`. */
  readonly audience: string;
  /** The identity: the requested client id, or `system-assigned`. */
  readonly clientId: string;
  /** Epoch seconds; the token counts from then on. */
  readonly issuedAtSeconds: number;
  /** Epoch seconds. */
  readonly expiresAtSeconds: number;
}

/** The issuer of Entra ID tokens, with an unused tenant; Azurite checks the host (README, "OAuth": basic). */
const ISSUER = 'https://sts.windows.net/00000000-0000-0000-0000-000000000000/';

const header = Buffer.from(JSON.stringify({ alg: 'HS256', typ: 'JWT' })).toString('base64url');

function signature(content: string, secret: string): Buffer {
  return createHmac('sha256', secret).update(content).digest();
}

/** A signed token for these claims. */
export function signToken(claims: TokenClaims, secret: string): string {
  const payload = {
    aud: claims.audience,
    iss: ISSUER,
    appid: claims.clientId,
    iat: claims.issuedAtSeconds,
    nbf: claims.issuedAtSeconds,
    exp: claims.expiresAtSeconds,
  };
  const content = `${header}.${Buffer.from(JSON.stringify(payload)).toString('base64url')}`;
  return `${content}.${signature(content, secret).toString('base64url')}`;
}

/**
 * The claims of a token that this secret has signed; undefined for anything else. Expiry and audience are left to the
 * reader, since each resource has its own.
 */
export function readToken(token: string, secret: string): TokenClaims | undefined {
  const [first, payload, signed, ...rest] = token.split('.');
  if (first !== header || payload === undefined || signed === undefined || rest.length > 0) return undefined;
  const expected = signature(`${first}.${payload}`, secret);
  const given = Buffer.from(signed, 'base64url');
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) return undefined;
  const claims = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')) as {
    aud: string;
    appid: string;
    iat: number;
    exp: number;
  };
  const { aud: audience, appid: clientId, iat: issuedAtSeconds, exp: expiresAtSeconds } = claims;
  return { audience, clientId, issuedAtSeconds, expiresAtSeconds };
}
