import { describe, expect, it } from 'vitest';
import { readIdempotencyKey, readPrefer } from '../../../shared/http/read/readHeaders.ts';
import { requestOf } from '../calls.ts';

describe('readPrefer', () => {
  it.each([
    [null, 30_000, false],
    ['', 30_000, false],
    ['wait=10', 10_000, false],
    ['wait=0', 0, false],
    ['wait=200', 200_000, false],
    ['respond-async', 30_000, true],
    ['Respond-Async, Wait=5', 5_000, true],
    ['return=minimal, wait=5', 5_000, false],
    ['respond-async; x=1 , wait=5; y', 5_000, true],
    ['wait = 5', 5_000, false],
    ['wait="5"', 5_000, false],
    ['wait=5, wait=6', 5_000, false],
  ])('of %j waits %i ms (asynchronous: %s)', (header, waitMs, isAsync) => {
    expect(readPrefer(header)).toEqual({ waitMs, isAsync });
  });

  it.each(['wait=201', 'wait=-1', 'wait=1.5', 'wait=', 'wait=soon', 'wait=1e2'])('refuses %s', (header) => {
    expect(() => readPrefer(header)).toThrow(`Prefer: ${header} must be whole seconds from 0 to 200.`);
  });
});

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
