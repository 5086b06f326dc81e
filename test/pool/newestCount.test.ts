import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Charge } from '../../shared/pool/charge.ts';
import { matchedToNewestCount, newestCountOf } from '../../shared/pool/newestCount.ts';
import { othersCharge } from '../../shared/pool/othersUse.ts';

/** `countedTokens`: the count in the answer; null: it has not come. */
function charge(bucket: number, tokens: number, countedTokens: number | null = null): Charge {
  const common = { caller: 'backlog', admissionTokens: tokens, requests: 1, isExact: false } as const;
  return { id: `at-${bucket}-${tokens}`, bucket, tokens, ...common, countedTokens };
}

const tokensOf = (charges: readonly Charge[]): readonly number[] => charges.map(({ tokens }) => tokens);

describe('newestCountOf', () => {
  it('is that of the newest answer', () => {
    const charges = [charge(100, 1_000, 1_000), charge(200, 2_000, 3_000)];
    expect(newestCountOf(charges)).toMatchObject({ bucket: 200, countedTokens: 3_000 });
    expect(newestCountOf([charge(100, 1_000)])).toBeUndefined();
  });

  it('waits for the answers to all that left at the same moment, for they arrive in any order', () => {
    const [first, second] = [charge(200, 2_000, 3_000), charge(201, 4_000)];
    const before = charge(100, 1_000, 1_000);
    expect(newestCountOf([before, first, second])).toMatchObject({ bucket: 100 });
    const both = [before, first, charge(201, 4_000, 7_000)];
    const newest = newestCountOf(both);
    expect(newest).toMatchObject({ bucket: 201, countedTokens: 7_000 });
    expect(both.map((one) => newest?.holds(one))).toEqual([true, true, true]);
  });

  it('holds of one moment what was counted by then', () => {
    const charges = [charge(200, 2_000, 6_000), charge(201, 4_000, 4_000)];
    const newest = newestCountOf(charges);
    expect(newest).toMatchObject({ countedTokens: 4_000 });
    expect(charges.map((one) => newest?.holds(one))).toEqual([false, true]);
  });
});

describe('matchedToNewestCount', () => {
  it('shares out what is missing among the charges that are not known, by the squares of their sizes', () => {
    const charges = [charge(100, 1_000), charge(150, 2_000), charge(200, 2_000, 5_090)];
    expect(tokensOf(matchedToNewestCount(charges, 0.1))).toEqual([1_010, 2_040, 2_040]);
  });

  it('leaves alone what the spread does not explain, what came later, and what others use', () => {
    const counted = charge(200, 2_000, 2_900);
    expect(tokensOf(matchedToNewestCount([counted], 0.1))).toEqual([2_000]);
    const near = charge(200, 2_000, 2_100);
    expect(tokensOf(matchedToNewestCount([near, charge(300, 1_000)], 0.1))).toEqual([2_100, 1_000]);
    const other = othersCharge(100, 50);
    expect(tokensOf(matchedToNewestCount([other, near], 0.1))).toEqual([50, 2_000]);
    expect(tokensOf(matchedToNewestCount([near], 0))).toEqual([2_000]);
  });

  it('reads a charge on the edge of the minute as counted or not, whichever explains more', () => {
    const counted = (tokens: number): Charge => charge(1_000, 2_000, tokens);
    expect(tokensOf(matchedToNewestCount([charge(400, 1_500), counted(2_100)], 0.1))).toEqual([1_500, 2_100]);
    expect(tokensOf(matchedToNewestCount([charge(400, 2_000), counted(4_200)], 0.1))).toEqual([2_100, 2_100]);
  });

  it('makes the minute add up to the count, however the charges lie', () => {
    const sizes = fc.array(fc.integer({ min: 1_200, max: 6_000 }), { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(sizes, fc.integer({ min: -100, max: 100 }), (tokens, off) => {
        const sum = tokens.reduce((total, one) => total + one, 0);
        const countedTokens = sum + off;
        const charges = tokens.map((one, index) =>
          charge(index * 10, one, index === tokens.length - 1 ? countedTokens : null),
        );
        const matched = tokensOf(matchedToNewestCount(charges, 0.1)).reduce((total, one) => total + one, 0);
        expect(Math.abs(matched - countedTokens)).toBeLessThanOrEqual(tokens.length / 2);
      }),
    );
  });
});
