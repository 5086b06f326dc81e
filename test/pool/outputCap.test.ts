import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type CapStats, nextOutputCap, noCapStats, withLength } from '../../shared/pool/outputCap.ts';

const whole = (tokens: number) => ({ tokens, wasCut: false });
const cut = (tokens: number) => ({ tokens, wasCut: true });
const statsOf = (lengths: CapStats['lengths']): CapStats => lengths.reduce(withLength, noCapStats);
const oneTo = (count: number) => Array.from({ length: count }, (_, index) => whole(index + 1));

describe('nextOutputCap', () => {
  it('is the cap of the task until twenty answers are known', () => {
    expect(nextOutputCap(statsOf(oneTo(19)), 800)).toBe(800);
    expect(nextOutputCap(statsOf(oneTo(20)), 800)).toBe(20);
  });

  it('is what 99 of 100 answers stay under', () => {
    expect(nextOutputCap(statsOf(oneTo(200)), 800)).toBe(198);
  });

  it('never passes the cap of the task', () => {
    expect(nextOutputCap(statsOf(oneTo(200)), 100)).toBe(100);
  });

  it.each([
    { name: 'a cut answer shorter than the longest whole one', lengths: [...oneTo(99), cut(50)], cap: 99 },
    { name: 'two cut answers as long as the longest whole one', lengths: [...oneTo(99), cut(99), cut(99)], cap: 800 },
    { name: 'nothing but cut answers', lengths: Array.from({ length: 50 }, () => cut(300)), cap: 800 },
  ])('counts $name by what they show at least: $cap', ({ lengths, cap }) => {
    expect(nextOutputCap(statsOf(lengths), 800)).toBe(cap);
  });

  it('forgets all but the newest two hundred', () => {
    expect(nextOutputCap(statsOf([...oneTo(200).map(() => whole(700)), ...oneTo(200)]), 800)).toBe(198);
  });

  it('cuts at most one in a hundred of the whole answers that it was learned from', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 799 }), { minLength: 20, maxLength: 200 }), (lengths) => {
        const cap = nextOutputCap(statsOf(lengths.map(whole)), 800);
        expect(lengths.filter((tokens) => tokens > cap).length).toBeLessThanOrEqual(lengths.length / 100);
      }),
    );
  });
});
