import { describe, expect, it } from 'vitest';
import { readIdempotencyKey } from '../../../shared/http/read/readIdempotencyKey.ts';
import { requestOf } from '../calls.ts';

const byKey = { httpAuth: 'key' } as const;
const byEntra = { httpAuth: 'entra' } as const;

const withKey = (key: string, principal = ''): ReturnType<typeof requestOf> =>
  requestOf({ headers: { 'idempotency-key': key, 'x-ms-client-principal-id': principal } });

describe('readIdempotencyKey', () => {
  it('is nothing where none is given', () => {
    expect(readIdempotencyKey(requestOf(), byKey)).toEqual({});
  });

  it('takes the bare value and the quoted string of the draft for the same', () => {
    const bare = readIdempotencyKey(withKey('order-17'), byKey);
    expect(bare.idempotencyKey).toContain('order-17');
    expect(readIdempotencyKey(withKey('"order-17"'), byKey)).toEqual(bare);
  });

  it("keeps one signed-in caller's keys apart from another's", () => {
    expect(readIdempotencyKey(withKey('a', 'anna'), byEntra)).not.toEqual(
      readIdempotencyKey(withKey('a', 'ben'), byEntra),
    );
    expect(readIdempotencyKey(withKey('a', 'anna'), byKey)).toEqual(readIdempotencyKey(withKey('a', 'ben'), byKey));
  });

  it.each([
    ['', '0 characters'],
    ['""', '0 characters'],
    ['x'.repeat(256), '256 characters'],
    ['größe', 'a character that is not ASCII, or not visible'],
  ])('refuses %j and says what is wrong', (key, has) => {
    expect(() => readIdempotencyKey(withKey(key), byKey)).toThrow(
      `The Idempotency-Key has ${has}; it must be 1 to 255 visible ASCII characters.`,
    );
  });
});
