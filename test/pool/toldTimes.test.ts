import { describe, expect, it } from 'vitest';
import { playCallers } from '../../bench/pool/callers.ts';

describe('a caller that comes back when it was told', () => {
  it.each([
    ['all come back, in a busy pool', { returning: 1, load: 0.7, keyed: true }, 0.93],
    ['all come back, in a full pool', { returning: 1, load: 0.8, keyed: true }, 0.9],
    ['half never come back', { returning: 0.5, load: 1, keyed: true }, 0.8],
    ['one in ten comes back', { returning: 0.1, load: 1.5, keyed: true }, 0.8],
  ] as const)('is served, where it has a key: %s', async (_, mix, least) => {
    const all = (await Promise.all([1, 2, 3, 4, 5, 6].map((seed) => playCallers(seed, mix)))).flat();
    expect(all.length).toBeGreaterThan(80);
    expect(all.filter(({ isStarted }) => isStarted).length / all.length).toBeGreaterThan(least);
    // Nobody is sent away for long where most places are never used.
    const told = all.map(({ awayMs }) => awayMs).toSorted((left, right) => left - right);
    expect(told[Math.floor(told.length / 2)]).toBeLessThanOrEqual(30_000);
  });
});
