import { describe, expect, it } from 'vitest';
import {
  BUCKETS_OF_A_MINUTE,
  bucketOf,
  MINUTE_BUCKETS,
  startOfBucket,
  windowBuckets,
} from '../../shared/pool/buckets.ts';
import type { BookedCharge } from '../../shared/pool/charge.ts';
import {
  chargeOf,
  chargesAfter,
  firstIndexAfter,
  tokensUpTo,
  withCharge,
  withoutCharge,
  withoutOld,
} from '../../shared/pool/charges.ts';
import type { Outcome } from '../../shared/pool/outcome.ts';
import { ambiguous, answered, refused, throttled } from './deployments.ts';

function charge(id: string, bucket: number, tokens = 100): BookedCharge {
  const booked = { id, bucket, tokens, admissionTokens: tokens, requests: 1 } as const;
  return { ...booked, caller: 'backlog', isExact: false, countedTokens: null };
}

const idsOf = (charges: readonly { readonly id: string | null }[]) => charges.map(({ id }) => id);

describe('buckets', () => {
  it('are tenths of a second, and a window of a minute spans two more than its length', () => {
    expect([bucketOf(999), bucketOf(1_000), startOfBucket(10)]).toEqual([9, 10, 1_000]);
    expect([windowBuckets(60_000), windowBuckets(950), BUCKETS_OF_A_MINUTE, MINUTE_BUCKETS]).toEqual([
      602, 12, 600, 602,
    ]);
  });
});

describe('withCharge', () => {
  it('keeps the order of the buckets, the newest of one bucket last', () => {
    const charges = [charge('a', 10), charge('b', 20), charge('c', 20), charge('d', 30)];
    expect(idsOf(withCharge(charges, charge('new', 20)))).toEqual(['a', 'b', 'c', 'new', 'd']);
    expect(idsOf(withCharge(charges, charge('new', 9)))).toEqual(['new', 'a', 'b', 'c', 'd']);
    expect(idsOf(withCharge(charges, charge('new', 31)))).toEqual(['a', 'b', 'c', 'd', 'new']);
    expect([9, 10, 20, 29, 30].map((bucket) => firstIndexAfter(charges, bucket))).toEqual([0, 1, 3, 3, 4]);
  });
});

describe('withoutCharge and chargeOf', () => {
  it('find a charge by the id of its booking', () => {
    const charges = [charge('a', 10), charge('b', 20)];
    expect(chargeOf(charges, 'b')).toBe(charges[1]);
    expect(chargeOf(charges, 'c')).toBeUndefined();
    expect(idsOf(withoutCharge(charges, 'a'))).toEqual(['b']);
  });
});

describe('withoutOld', () => {
  it('keeps what was sent within two windows, and is the same list where all was', () => {
    const now = 10_000;
    const charges = [charge('old', now - 2 * 602), charge('new', now - 2 * 602 + 1)];
    expect(idsOf(withoutOld(charges, startOfBucket(now)))).toEqual(['new']);
    const fresh = charges.slice(1);
    expect(withoutOld(fresh, startOfBucket(now))).toBe(fresh);
  });
});

describe('tokensUpTo', () => {
  it('sums the window that ends with a bucket', () => {
    const charges = [charge('a', 1_000, 1), charge('b', 1_001, 10), charge('c', 1_600, 100), charge('d', 1_700, 1_000)];
    expect([999, 1_000, 1_601, 1_602, 1_603, 1_700, 2_301, 2_302].map((bucket) => tokensUpTo(charges, bucket))).toEqual(
      [0, 1, 111, 110, 100, 1_100, 1_000, 0],
    );
    expect(tokensUpTo([], 5)).toBe(0);
  });
});

describe('chargesAfter', () => {
  const booked = [charge('a', 100), charge('b', 110)];
  const ended = (outcome: Outcome, sentMs = startOfBucket(100)) =>
    chargesAfter(booked, { bookingId: 'a', outcome, sentMs });

  it.each([
    ['an answer', answered()],
    ['an end that nobody knows', ambiguous()],
    ['a request that was found wrong', refused('bad-request', 400)],
    ['an image that was found wrong', refused('bad-image', 400)],
    ['a refusal that does not say why', refused('unclear', 400)],
    ['a deployment that is set up wrongly', refused('misconfigured', 400)],
  ])('keep what was booked after %s', (_, outcome) => {
    expect(ended(outcome)).toEqual(booked);
  });

  it.each([
    ['a 429', throttled()],
    ['a key that is refused', refused('unauthorized', 401)],
    ['a name that is not found', refused('not-found', 404)],
  ])('count a request without tokens after %s', (_, outcome) => {
    expect(ended(outcome)).toEqual([{ ...booked[0], tokens: 0, admissionTokens: 0, isExact: true }, booked[1]]);
  });

  it.each(['unreachable', 'no-token', 'aborted'] as const)('count nothing for what never arrived: %s', (reason) => {
    expect(ended(refused(reason))).toEqual(booked.slice(1));
  });

  it('count a request that left more than a bucket late from when it left', () => {
    expect(ended(answered(), startOfBucket(101))).toEqual(booked);
    expect(ended(answered(), startOfBucket(102))).toEqual([{ ...booked[0], bucket: 102 }, booked[1]]);
    expect(idsOf(ended(answered(), startOfBucket(111)))).toEqual(['b', 'a']);
  });

  it('are the same list where the booking is not known any more', () => {
    expect(chargesAfter(booked, { bookingId: 'c', outcome: answered(), sentMs: 0 })).toBe(booked);
  });
});
