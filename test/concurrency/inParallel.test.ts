import { describe, expect, it } from 'vitest';
import { assertNoneLeft, inParallel, settleInParallel } from '../../shared/concurrency/inParallel.ts';

const numbers = (count: number): readonly number[] => Array.from({ length: count }, (_, place) => place);
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('inParallel', () => {
  it('runs 16 steps at a time, and gives the results in the order of the items', async () => {
    let running = 0;
    let most = 0;
    const results = await inParallel(numbers(50), async (item) => {
      running += 1;
      most = Math.max(most, running);
      for (let turns = 0; turns < 50 - item; turns += 1) await turn();
      running -= 1;
      return item * 2;
    });
    expect(results).toEqual(numbers(50).map((item) => item * 2));
    expect(most).toBe(16);
  });

  it('takes items from a listing only as it needs them, and no more after an error', async () => {
    let taken = 0;
    async function* listing(): AsyncGenerator<number> {
      for (;;) yield taken++;
    }
    const end = inParallel(listing(), async (item) => {
      await turn();
      if (item === 20) throw new Error('item 20 failed');
    });
    await expect(end).rejects.toThrow('item 20 failed');
    await turn();
    expect(taken).toBeLessThan(60);
  });
});

describe('settleInParallel', () => {
  it('continues after failed items, and returns both', async () => {
    const { results, failed } = await settleInParallel(numbers(40), async (item) => {
      if (item % 10 === 3) throw new SyntaxError('broken');
      return item;
    });
    expect(results).toEqual(numbers(40).filter((item) => item % 10 !== 3));
    expect(failed.map(({ item }) => item).toSorted((one, other) => one - other)).toEqual([3, 13, 23, 33]);
  });

  it('stops when the first 16 all fail for a reason that is not their own', async () => {
    let tried = 0;
    const end = settleInParallel(numbers(1_000), async () => {
      tried += 1;
      throw Object.assign(new Error('the server is busy'), { statusCode: 503 });
    });
    await expect(end).rejects.toThrow('the server is busy');
    await turn();
    expect(tried).toBeLessThan(40);
  });
});

describe('assertNoneLeft', () => {
  it('throws how many failed, one of them, and the reasons', () => {
    const failed = [{ item: '5d41', error: Object.assign(new Error(), { statusCode: 503, code: 'ServerBusy' }) }];
    expect(() => assertNoneLeft('analyses could not be recovered', failed)).toThrow(
      /^1 analyses could not be recovered, such as 5d41\. Reasons: .*503/,
    );
    expect(() => assertNoneLeft('analyses could not be recovered', [])).not.toThrow();
  });
});
