import type { HttpRequest } from '@azure/functions';
import { InvalidRequest } from '../../errors.ts';
import type { NowCall } from '../../pipeline/nowCall.ts';
import type { Config } from '../../settings/config.ts';

const LONGEST_KEY = 255;

/**
 * The caller's `Idempotency-Key` (draft-ietf-httpapi-idempotency-key-header-07). Where people sign in, a key is its
 * caller's own: another's is another key.
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
