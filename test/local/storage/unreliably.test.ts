import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../../local/seededRandom.ts';
import { type BlobEvent, makeBlobEvent } from '../../../local/storage/blobEvent.ts';
import { unreliably } from '../../../local/storage/unreliably.ts';

const event = (name: string): BlobEvent =>
  makeBlobEvent(
    { api: 'PutBlob', account: 'a', container: 'images', blobName: name },
    {
      ...{
        id: name,
        atMs: 0,
        sequence: 0,
        url: 'http://127.0.0.1/a/images/x',
        requestId: '',
        clientRequestId: undefined,
      },
      ...{ eTag: '"0x1"', contentType: 'image/png', contentLength: 1, blobType: 'BlockBlob' },
    },
  );
const names = Array.from({ length: 20 }, (_unused, index) => `${index}`);

const deliverAll = async (how: Parameters<typeof unreliably>[1]): Promise<string[]> => {
  const delivered: string[] = [];
  const deliver = unreliably(async ({ id }) => void delivered.push(id), how);
  await Promise.all(names.map((name) => deliver(event(name))));
  return delivered;
};

describe('unreliably', () => {
  it('delivers each event once and in order when nothing is asked', async () => {
    expect(await deliverAll({ random: seededRandom(1) })).toEqual(names);
  });

  it('delivers some events twice, the same ones for the same seed', async () => {
    const delivered = await deliverAll({ duplicateRate: 0.3, random: seededRandom(1) });
    expect(delivered.length).toBeGreaterThan(20);
    expect(delivered.length).toBeLessThan(40);
    expect([...new Set(delivered)].sort()).toEqual([...names].sort());
    expect(await deliverAll({ duplicateRate: 0.3, random: seededRandom(1) })).toEqual(delivered);
  });

  it('lets some events be overtaken, and loses none', async () => {
    const delivered = await deliverAll({ reorder: 'some', random: seededRandom(1) });
    expect(delivered).not.toEqual(names);
    expect([...delivered].sort()).toEqual([...names].sort());
  });

  it('lets every copy be late, and loses none', async () => {
    const delivered = await deliverAll({ duplicateRate: 1, lateMs: 30, random: seededRandom(1) });
    expect([...delivered].sort()).toEqual([...names, ...names].sort());
  });

  it('throws on what is not taken, so that it is delivered again', async () => {
    const deliver = unreliably(() => Promise.reject(new Error('not now')), { random: seededRandom(1) });
    await expect(deliver(event('a'))).rejects.toThrow('not now');
  });
});

describe('seededRandom', () => {
  it('gives the same numbers from 0 to 1 for the same seed', () => {
    const [one, other] = [seededRandom(7), seededRandom(7)];
    const numbers = names.map(() => one());
    expect(names.map(() => other())).toEqual(numbers);
    expect(numbers.every((number) => number >= 0 && number < 1)).toBe(true);
    expect(new Set(numbers).size).toBe(20);
  });
});
