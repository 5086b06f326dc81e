import { describe, expect, it } from 'vitest';
import { areAlike, countOf, countsMove, STILL, UNEXPLAINED, wereMoving } from '../../shared/pool/countsMove.ts';

const alike = (count: number, ratio = 1): readonly number[] => Array.from({ length: count }, () => ratio);

describe('countOf', () => {
  it.each([
    { name: 'the limit less what remains', hints: { remainingTokens: 8_500, limitTokens: 10_000 }, count: 1_500 },
    { name: 'the quota less what remains, without a limit', hints: { remainingTokens: 8_500 }, count: 1_500 },
    {
      name: 'all of the limit when nothing remains',
      hints: { remainingTokens: 0, limitTokens: 10_000 },
      count: 10_000,
    },
    { name: 'unknown without a header', hints: {}, count: null },
    { name: 'unknown without what remains', hints: { limitTokens: 10_000 }, count: null },
    { name: 'unknown when -1 remains', hints: { remainingTokens: -1, limitTokens: 10_000 }, count: null },
    { name: 'unknown under a limit of -1', hints: { remainingTokens: 0, limitTokens: -1 }, count: null },
    { name: 'unknown for NaN', hints: { remainingTokens: Number.NaN }, count: null },
    { name: 'unknown for infinity', hints: { remainingTokens: 1, limitTokens: Number.POSITIVE_INFINITY }, count: null },
    { name: 'unknown for parts of a token', hints: { remainingTokens: 8_500.5, limitTokens: 10_000 }, count: null },
    {
      name: 'unknown when the whole limit remains',
      hints: { remainingTokens: 10_000, limitTokens: 10_000 },
      count: null,
    },
    {
      name: 'unknown when more than the limit remains',
      hints: { remainingTokens: 11_000, limitTokens: 10_000 },
      count: null,
    },
  ])('is $name', ({ hints, count }) => {
    expect(countOf(hints, 10_000)).toBe(count);
  });
});

describe('countsMove', () => {
  it.each([
    { name: 'nothing was read', ratios: [], moves: false },
    { name: 'three readings are alike', ratios: alike(3), moves: false },
    { name: 'four readings are alike', ratios: [1, 1.1, 0.9, 1], moves: true },
    { name: 'one of four is unlike', ratios: [1, 1, 1, 2], moves: false },
    { name: 'two of eight have other tenants in them', ratios: [...alike(6), 2, UNEXPLAINED], moves: true },
    { name: 'three of eight do', ratios: [...alike(5), 2, 3, UNEXPLAINED], moves: false },
    { name: 'eight of twenty do', ratios: [...alike(12), ...alike(8, UNEXPLAINED)], moves: true },
    { name: 'nine of twenty do', ratios: [...alike(11), ...alike(9, UNEXPLAINED)], moves: false },
    { name: 'one of eight stood still', ratios: [...alike(7), STILL], moves: true },
    { name: 'two of eight stood still', ratios: [...alike(6), STILL, STILL], moves: false },
    { name: 'the last three stood still', ratios: [...alike(40), STILL, STILL, STILL], moves: false },
    { name: 'only old ones were odd', ratios: [...alike(30, UNEXPLAINED), ...alike(20)], moves: true },
  ])('is $moves when $name', ({ ratios, moves }) => {
    expect(countsMove(ratios)).toBe(moves);
  });
});

describe('areAlike', () => {
  it('is for two readings or more, none of which is odd', () => {
    expect(areAlike([3, 3.1])).toBe(true);
    expect(areAlike([3])).toBe(false);
    expect(areAlike([3, STILL])).toBe(false);
    expect(areAlike([3, UNEXPLAINED])).toBe(false);
    expect(areAlike([3, 6])).toBe(false);
  });
});

describe('wereMoving', () => {
  it.each([
    { name: 'ten readings moved before the count stood still', ratios: [...alike(10), ...alike(9, STILL)], were: true },
    { name: 'nine did', ratios: [...alike(9), ...alike(9, STILL)], were: false },
    { name: 'the count stood still in between', ratios: [...alike(5), STILL, STILL, ...alike(5), STILL], were: false },
    { name: 'it never moved', ratios: alike(20, STILL), were: false },
  ])('is $were when $name', ({ ratios, were }) => {
    expect(wereMoving(ratios)).toBe(were);
  });
});
