import { describe, expect, it } from 'vitest';
import { settleInParallel } from '../../shared/concurrency/inParallel.ts';
import { reasonOf, reasonsOf } from '../../shared/storage/failureReason.ts';

const refusal = (statusCode: number, code?: string): Error =>
  Object.assign(new Error('The storage said no.\nRequestId:1'), { statusCode, ...(code && { code }) });

const parseError = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch (error) {
    return error;
  }
};

describe('reasonOf', () => {
  it.each([
    [refusal(409, 'SnapshotsPresent'), '409 SnapshotsPresent'],
    [refusal(503), '503'],
    [new Error('read ECONNRESET\nat socket'), 'read ECONNRESET'],
    [parseError('{"question": where is'), 'its JSON cannot be parsed'],
    ['thrown text', 'unknown'],
  ])('of %s is %s', (error, reason) => {
    expect(reasonOf(error)).toBe(reason);
  });
});

describe('reasonsOf', () => {
  it('counts each reason, the most frequent first', () => {
    const errors = [refusal(409, 'BlobImmutableDueToPolicy'), ...[1, 2].map(() => refusal(412, 'LeaseIdMissing'))];
    expect(reasonsOf(errors)).toBe('412 LeaseIdMissing 2 times, 409 BlobImmutableDueToPolicy once');
  });
});

describe('settleInParallel', () => {
  const items = Array.from({ length: 100 }, (_, place) => place);

  it('continues after failed items, however many', async () => {
    const { results, failed } = await settleInParallel(items, async (item) => {
      if (item < 60) throw refusal(412, 'LeaseIdMissing');
      return item;
    });
    expect(results).toEqual(items.slice(60));
    expect(failed).toHaveLength(60);
  });

  it.each([403, 429, 500, 503])('ends where the first 16 all fail with %i', async (status) => {
    let steps = 0;
    const settled = settleInParallel(items, async () => {
      steps += 1;
      throw refusal(status);
    });
    await expect(settled).rejects.toMatchObject({ statusCode: status });
    expect(steps).toBeLessThan(40);
  });

  it('keeps results in the order of their items, an undefined one among them', async () => {
    const { results } = await settleInParallel([3, 2, 1], async (item) => {
      await new Promise((settle) => setTimeout(settle, item));
      return item === 2 ? undefined : item;
    });
    expect(results).toEqual([3, undefined, 1]);
  });
});
