import type { HttpRequest } from '@azure/functions';
import { InvalidRequest } from '../../errors.ts';
import type { NowCall } from '../../pipeline/nowCall.ts';
import type { Config } from '../../settings/config.ts';

/** How long a caller of POST /analyze waits, from `Prefer` (RFC 7240). */
interface Preference {
  readonly waitMs: number;
  /** `respond-async`: an address at once, the result later. */
  readonly isAsync: boolean;
}

const DEFAULT_WAIT_S = 30;

/** The platform ends a call after about 230 s without an answer (Azure Functions scale and hosting, 2026-11). */
const LONGEST_WAIT_S = 200;

/**
 * `readPrefer('wait=10')` is `{ waitMs: 10000, isAsync: false }`; nothing is 30 s.
 *
 * @throws {InvalidRequest} when the wait is not a whole number of seconds from 0 to 200
 */
export function readPrefer(header: string | null): Preference {
  const preferences = (header ?? '').split(',').map((part) => part.split(';')[0]?.trim().toLowerCase() ?? '');
  const isAsync = preferences.includes('respond-async');
  const wait = preferences.map((part) => /^wait\s*=\s*"?([^"]*)"?$/.exec(part)?.[1]).find((each) => each !== undefined);
  if (wait === undefined) return { waitMs: DEFAULT_WAIT_S * 1000, isAsync };
  const seconds = Number(wait);
  if (!/^\d+$/.test(wait) || seconds > LONGEST_WAIT_S) {
    throw new InvalidRequest([
      { path: 'prefer', message: `Prefer: wait=${wait} must be whole seconds from 0 to ${LONGEST_WAIT_S}.` },
    ]);
  }
  return { waitMs: seconds * 1000, isAsync };
}

const LONGEST_KEY = 255;

/**
 * The caller's `Idempotency-Key` (draft-ietf-httpapi-idempotency-key-header-07). With sign-in, keys of different
 * callers are different keys.
 *
 * @throws {InvalidRequest} when it is not 1 to 255 visible ASCII characters
 */
export function readIdempotencyKey(
  request: HttpRequest,
  config: Pick<Config, 'httpAuth'>,
): Pick<NowCall, 'idempotencyKey'> {
  const given = request.headers.get('idempotency-key');
  if (given === null) return {};
  // The draft's form is a quoted string; most clients send the bare value.
  const key = given.trim().replace(/^"(.*)"$/, '$1');
  if (!/^[\x20-\x7e]+$/.test(key) || key.length > LONGEST_KEY) {
    const isSized = key.length > 0 && key.length <= LONGEST_KEY;
    const has = isSized ? 'a character that is not ASCII, or not visible' : `${key.length} characters`;
    const message = `The Idempotency-Key has ${has}; it must be 1 to ${LONGEST_KEY} visible ASCII characters.`;
    throw new InvalidRequest([{ path: 'idempotency-key', message }]);
  }
  const caller = config.httpAuth === 'entra' ? (request.headers.get('x-ms-client-principal-id') ?? '') : '';
  return { idempotencyKey: JSON.stringify([caller, key]) };
}
