import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createdAtOfRow, indexKey, rowKeyBefore } from '../../shared/records/analysisIndex.ts';
import { readOldestOpen } from '../../shared/records/oldestOpen.ts';
import { type KeysRead, seekOldest } from '../../shared/records/seekOldest.ts';
import { DAY_MS, NOON_MS, queuedRecord } from '../support/sampleRecords.ts';

const keyAt = (createdAtMs: number, place: number): string =>
  indexKey('open', createdAtMs, place.toString(16).padStart(32, '0')).rowKey;

/** Reads sorted keys as the store does, and counts the reads. */
function storeOf(rowKeys: readonly string[]): {
  readonly openKeys: (look: { readonly most: number; readonly after?: string }) => Promise<KeysRead>;
  readonly reads: () => number;
} {
  const sorted = rowKeys.toSorted();
  let reads = 0;
  return {
    reads: () => reads,
    openKeys: async ({ most, after = '' }) => {
      reads += 1;
      const later = sorted.filter((key) => key > after);
      return { rowKeys: later.slice(0, most), isEnd: later.length < most };
    },
  };
}

const times = (count: number, ofPlace: (place: number) => number): readonly string[] =>
  Array.from({ length: count }, (_, place) => keyAt(ofPlace(place), place));

describe('seekOldest', () => {
  it('comes to the very oldest within 24 reads, however the times are spread', async () => {
    const spread = fc.record({
      clumps: fc.array(
        fc.record({ agoMs: fc.integer({ min: 0, max: 90 * DAY_MS }), apartMs: fc.integer({ min: 1, max: 5_000 }) }),
        { minLength: 1, maxLength: 6 },
      ),
      each: fc.integer({ min: 200, max: 1_500 }),
    });
    await fc.assert(
      fc.asyncProperty(spread, async ({ clumps, each }) => {
        const keys = clumps.flatMap(({ agoMs, apartMs }, clump) =>
          Array.from({ length: each }, (_, place) => keyAt(NOON_MS - agoMs - place * apartMs, clump * 2_000 + place)),
        );
        const sorted = keys.toSorted();
        const { openKeys, reads } = storeOf(keys);
        const newest = sorted.slice(0, 1);
        const found = await seekOldest(newest, (beforeMs) => openKeys({ most: 1_000, after: rowKeyBefore(beforeMs) }));
        expect(found.at(-1)).toBe(sorted.at(-1));
        expect(found).toEqual(sorted.slice(-found.length));
        expect(found.length).toBeGreaterThanOrEqual(Math.min(sorted.length, 1));
        expect(reads()).toBeLessThanOrEqual(24);
      }),
      { numRuns: 40 },
    );
  });

  it.each([1, 10, 60])('comes to the oldest of 20,000 that were created evenly over %i days', async (days) => {
    const keys = times(20_000, (place) => NOON_MS - Math.floor((place * days * DAY_MS) / 20_000));
    const { openKeys, reads } = storeOf(keys);
    const readBefore = (beforeMs: number) => openKeys({ most: 1_000, after: rowKeyBefore(beforeMs) });
    const found = await seekOldest(keys.toSorted().slice(0, 1), readBefore);
    expect(found.at(-1)).toBe(keys.toSorted().at(-1));
    expect(found.length).toBeGreaterThanOrEqual(250);
    expect(reads()).toBeLessThan(20);
  });

  it('takes what it has where a single moment holds more than one read gives', async () => {
    const { openKeys } = storeOf(times(3_000, () => NOON_MS));
    const found = await seekOldest([keyAt(NOON_MS + 1, 9)], (beforeMs) =>
      openKeys({ most: 1_000, after: rowKeyBefore(beforeMs) }),
    );
    expect(found.every((key) => createdAtOfRow(key) >= NOON_MS)).toBe(true);
  });
});

describe('oldestOpen', () => {
  const record = queuedRecord('a.png');
  const find = async (id: string) => ({ record: { ...record, id }, version: '' });

  it('counts up to 20,000 exactly and reads the oldest 1,000', async () => {
    const keys = times(20_000, (place) => NOON_MS - place);
    const store = storeOf(keys);
    const seen = await readOldestOpen({ analyses: { openKeys: store.openKeys, find }, due: { length: async () => 7 } });
    expect(seen).toMatchObject({ count: 20_000, isApproximate: false });
    expect(seen.read.map((stored) => stored.record.id)).toEqual(keys.slice(-1_000).map((key) => key.slice(14)));
    expect(store.reads()).toBe(21);
  });

  it('goes by the queue beyond that, says so, and still reads the oldest', async () => {
    const keys = times(60_000, (place) => NOON_MS - place * 40);
    const store = storeOf(keys);
    const seen = await readOldestOpen({
      analyses: { openKeys: store.openKeys, find },
      due: { length: async () => 60_003 },
    });
    expect(seen).toMatchObject({ count: 60_003, isApproximate: true });
    expect(seen.read.at(-1)?.record.id).toBe(keys.at(-1)?.slice(14));
    expect(seen.read.length).toBeGreaterThanOrEqual(250);
    expect(store.reads()).toBeLessThanOrEqual(21 + 24);
  });

  it('reads 1,000 also where only some are beyond what is counted', async () => {
    const keys = times(21_005, (place) => NOON_MS - place);
    const store = storeOf(keys);
    const seen = await readOldestOpen({ analyses: { openKeys: store.openKeys, find }, due: { length: async () => 1 } });
    expect(seen.count).toBe(21_000);
    expect(seen.read.map((stored) => stored.record.id)).toEqual(keys.slice(-1_000).map((key) => key.slice(14)));
  });

  it('skips a record that cannot be read, and still counts it', async () => {
    const keys = times(3, (place) => NOON_MS - place);
    const store = storeOf(keys);
    const broken = async (id: string) => (id === keys[1]?.slice(14) ? JSON.parse('{') : await find(id));
    const seen = await readOldestOpen({
      analyses: { openKeys: store.openKeys, find: broken },
      due: { length: async () => 3 },
    });
    expect(seen.count).toBe(3);
    expect(seen.read).toHaveLength(2);
  });
});
