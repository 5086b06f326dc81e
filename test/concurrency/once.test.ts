import { describe, expect, it } from 'vitest';
import { once, onceDone, oncePer } from '../../shared/concurrency/once.ts';

describe('once', () => {
  it('builds at the first call, and keeps the value, also an undefined one', () => {
    let builds = 0;
    const value = once(() => {
      builds += 1;
      return undefined;
    });
    expect(builds).toBe(0);
    expect([value(), value(), builds]).toEqual([undefined, undefined, 1]);
  });
});

describe('oncePer', () => {
  it('builds once for each key', () => {
    let builds = 0;
    const numberOf = oncePer((_key: object) => {
      builds += 1;
      return builds;
    });
    const [one, other] = [{}, {}];
    expect([numberOf(one), numberOf(other), numberOf(one)]).toEqual([1, 2, 1]);
  });
});

describe('onceDone', () => {
  it('shares one try among calls at the same time, and keeps its result', async () => {
    let tries = 0;
    const load = onceDone(async () => {
      tries += 1;
      return tries;
    });
    expect(await Promise.all([load(), load()])).toEqual([1, 1]);
    expect(await load()).toBe(1);
  });

  it('tries again after a failure', async () => {
    let tries = 0;
    const load = onceDone(async () => {
      tries += 1;
      if (tries === 1) throw new Error('EMFILE: too many open files');
      return 'loaded';
    });
    await expect(Promise.all([load(), load()])).rejects.toThrow('EMFILE');
    expect(await load()).toBe('loaded');
    expect(tries).toBe(2);
  });
});
