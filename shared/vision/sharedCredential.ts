import { type AbortSignalLike, waitFor } from './waitFor.ts';

/** As `@azure/identity` has them, without loading it. */
export interface AccessToken {
  readonly token: string;
  readonly expiresOnTimestamp: number;
  readonly refreshAfterTimestamp?: number;
}

export interface TokenOptions {
  readonly abortSignal?: AbortSignalLike;
  /** A challenge that names what the token lacks: only a new one can answer it. */
  readonly claims?: string;
}

export interface TokenCredential {
  getToken(scopes: string | string[], options?: TokenOptions): Promise<AccessToken | null>;
}

export interface SharingOptions {
  readonly now: () => number;
  /** How long a failure is given to everyone who asks, before the next try. Default 10 s. */
  readonly failureKeptMs?: number;
  /** When a try that has not ended is given up. Default 30 s. */
  readonly longestTryMs?: number;
}

interface Kept {
  readonly token?: AccessToken;
  readonly refreshAtMs?: number;
  readonly failure?: { readonly error: unknown; readonly untilMs: number };
  readonly flight?: Promise<AccessToken>;
}

/** The identity library asks its endpoint again from 5 minutes before the end of a token. */
const RENEWED_BEFORE_END_MS = 5 * 60_000;
/** A token in its last minute may end on the way. */
const SHORTEST_USE_MS = 60_000;

const sharedCredentials = new WeakSet<TokenCredential>();

/**
 * A credential that all clients of the process share. The library's own joins no parallel calls (50 are 50 requests)
 * and takes 5 to 7 s to fail (@azure/identity 4.14). Here one request is under way per scope, whoever asks; a token
 * is kept and renewed in the background before its end, so an outage of the identity endpoint shows only when the
 * token has really ended; a failure is everyone's for some seconds. A caller's abort signal ends only its own wait.
 * Sharing what is shared already gives the same.
 */
export function sharedCredential(credential: TokenCredential, options: SharingOptions): TokenCredential {
  if (sharedCredentials.has(credential)) return credential;
  const { now, failureKeptMs = 10_000, longestTryMs = 30_000 } = options;
  const keptOf = new Map<string, Kept>();

  function renew(scopes: string | string[], place: string): Promise<AccessToken> {
    const kept = keptOf.get(place) ?? {};
    if (kept.flight !== undefined) return kept.flight;
    if (kept.failure !== undefined && now() < kept.failure.untilMs) return Promise.reject(kept.failure.error);
    const flight = waitFor(fetchToken(credential, scopes), {
      timeoutMs: longestTryMs,
      ended: () => new Error(`The identity endpoint gave no token within ${longestTryMs} ms.`),
    }).then(
      (token) => {
        keptOf.set(place, { token, refreshAtMs: refreshAtMs(token, now()) });
        return token;
      },
      (error: unknown) => {
        const { flight: _ended, ...before } = keptOf.get(place) ?? {};
        keptOf.set(place, { ...before, failure: { error, untilMs: now() + failureKeptMs } });
        throw error;
      },
    );
    keptOf.set(place, { ...kept, flight });
    return flight;
  }

  const shared: TokenCredential = {
    async getToken(scopes, { abortSignal, claims } = {}) {
      if (claims !== undefined) return credential.getToken(scopes, { claims });
      const place = [scopes].flat().join(' ');
      const { token, refreshAtMs: dueAtMs = 0 } = keptOf.get(place) ?? {};
      const isUsable = token !== undefined && now() < token.expiresOnTimestamp - SHORTEST_USE_MS;
      if (isUsable && now() < dueAtMs) return token;
      const renewed = renew(scopes, place);
      if (isUsable) {
        renewed.catch(() => {}); // The failure is kept, and heard by whoever finds no usable token.
        return token;
      }
      return waitFor(renewed, {
        ...(abortSignal && { signal: abortSignal }),
        ended: () => new DOMException('The wait for a token was ended.', 'AbortError'),
      });
    },
  };
  sharedCredentials.add(shared);
  return shared;
}

async function fetchToken(credential: TokenCredential, scopes: string | string[]): Promise<AccessToken> {
  const token = await credential.getToken(scopes);
  if (token === null) throw new Error('The credential gave no token.');
  return token;
}

function refreshAtMs(token: AccessToken, nowMs: number): number {
  const endMs = token.expiresOnTimestamp;
  // Half of a short life, so that a token of a few minutes is not asked for with every call.
  const beforeEndMs = endMs - Math.min(RENEWED_BEFORE_END_MS, (endMs - nowMs) / 2);
  return Math.min(token.refreshAfterTimestamp ?? beforeEndMs, beforeEndMs);
}
