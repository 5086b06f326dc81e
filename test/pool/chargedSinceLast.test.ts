import { describe, expect, it } from 'vitest';
import type { Charge } from '../../shared/pool/charge.ts';
import { chargedSinceLast, type Reading } from '../../shared/pool/chargedSinceLast.ts';

/** A request of 1,000 tokens by our estimate, and what the service had counted when it let it in. */
function sent(bucket: number, countedTokens: number | null, admissionTokens = 1_000): Charge {
  const tokens = admissionTokens;
  return {
    id: `${bucket}`,
    caller: 'http',
    bucket,
    tokens,
    admissionTokens,
    requests: 1,
    isExact: false,
    countedTokens,
  };
}

/** What the last of them says. */
function readLast(charges: readonly Charge[], { factor = 1, isBelieved = true } = {}): Reading {
  return chargedSinceLast(charges, { index: charges.length - 1, factor, isBelieved });
}

const charged = (ratio: number, single: { readonly index: number; readonly tokens: number } | null): Reading => {
  return { kind: 'charged', ratio, single };
};
const unexplained = (afterBucket: number, byBucket: number): Reading => {
  return { kind: 'unexplained', fell: { afterBucket, byBucket } };
};

describe('chargedSinceLast, within a minute that nothing has left', () => {
  it.each<readonly [string, readonly Charge[], Reading]>([
    ['knows nothing from an answer without a count', [sent(100, 1_000), sent(110, null)], { kind: 'unknown' }],
    ['knows nothing from the first count there is', [sent(100, 5_000)], { kind: 'unknown' }],
    ['knows nothing from a refused request', [sent(100, 1_000), sent(110, 2_000, 0)], { kind: 'unknown' }],
    ['reads a charge as the difference', [sent(100, 1_000), sent(110, 2_000)], charged(1, { index: 1, tokens: 1_000 })],
    ['takes all of a rise for a charge', [sent(100, 1_000), sent(110, 4_000)], charged(3, { index: 1, tokens: 3_000 })],
    [
      'shares a rise among several, and knows none of them',
      [sent(100, 1_000), sent(105, null, 500), sent(110, 2_000, 500)],
      charged(1, null),
    ],
    ['takes a count that stands still for none', [sent(100, 3_000), sent(110, 3_000)], { kind: 'still' }],
    ['cannot explain a fall', [sent(100, 5_000), sent(150, 1_000)], unexplained(100, 150)],
    ['lets neighbours arrive in either order', [sent(100, 5_000), sent(101, 4_000)], { kind: 'unknown' }],
    ['knows the order of those that are further apart', [sent(100, 5_000), sent(102, 4_000)], unexplained(100, 102)],
  ])('%s', (_what, charges, reading) => {
    expect(readLast(charges)).toEqual(reading);
  });
});

describe('chargedSinceLast, a minute after the last count', () => {
  it.each<readonly [string, readonly Charge[], Reading]>([
    ['reads the charge from the count', [sent(0, 1_000), sent(600, 900)], charged(0.9, { index: 1, tokens: 900 })],
    ['knows nothing from a count that may be right', [sent(0, 1_000), sent(600, 1_000)], { kind: 'unknown' }],
    ['takes a count that is stuck elsewhere for none', [sent(0, 5_000), sent(600, 5_000)], { kind: 'still' }],
    ['knows nothing of several', [sent(0, 5_000), sent(590, null), sent(600, 900)], { kind: 'unknown' }],
  ])('%s', (_what, charges, reading) => {
    expect(readLast(charges)).toEqual(reading);
  });
});

describe('chargedSinceLast, while a request leaves the minute', () => {
  /** One of so many tokens leaves between two counts, by which the count moves so far. */
  const leaving = (tokens: number, difference: number): readonly Charge[] => [
    sent(100, null, tokens),
    sent(690, 5_000),
    sent(710, 5_000 + difference),
  ];

  it.each<readonly [string, readonly Charge[], Reading]>([
    ['adds what has left', leaving(800, 200), charged(1, { index: 2, tokens: 1_000 })],
    ['leaves it out where the count is reset', leaving(800, 1_000), charged(1, { index: 2, tokens: 1_000 })],
    ['does not choose where both are likely', leaving(300, 800), { kind: 'unknown' }],
    ['knows nothing where the count stands still', leaving(1_000, 0), { kind: 'unknown' }],
    ['cannot explain a rise that neither gives', leaving(800, 3_000), { kind: 'unexplained', fell: null }],
  ])('%s', (_what, charges, reading) => {
    expect(readLast(charges)).toEqual(reading);
  });

  it.each<readonly [string, number, readonly Charge[], Reading]>([
    ['nothing where about as much leaves as comes', 1, leaving(800, 200), { kind: 'unknown' }],
    ['that a rise is not ours where as much leaves', 1, leaving(800, 1_500), { kind: 'unexplained', fell: null }],
    ['the factor nearest to the last: reset', 1, leaving(200, 2_400), charged(2.4, { index: 2, tokens: 2_400 })],
    ['the factor nearest to the last: sliding', 3, leaving(200, 2_400), charged(3, { index: 2, tokens: 3_000 })],
    ['a factor from half of what comes on', 3, leaving(500, 1_500), charged(3, { index: 2, tokens: 3_000 })],
    ['that a fall is none of our charges', 1, leaving(200, -500), unexplained(690, 710)],
  ])('tells, while no charge is believed, %s', (_what, factor, charges, reading) => {
    expect(readLast(charges, { factor, isBelieved: false })).toEqual(reading);
  });
});
