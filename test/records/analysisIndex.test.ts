import { describe, expect, it } from 'vitest';
import {
  createdAtOfRow,
  groupOf,
  idOfRow,
  indexKey,
  indexRanges,
  indexRowOf,
  rowKeyBefore,
} from '../../shared/records/analysisIndex.ts';
import { DAY_MS, NOON_MS, queuedRecord } from '../support/sampleRecords.ts';

describe('indexKey', () => {
  it('has the group and the day, then the moment, each counted down', () => {
    expect(indexKey('failed', 0, 'ab')).toEqual({ partitionKey: 'failed-99999', rowKey: '9999999999999-ab' });
    expect(indexKey('open', NOON_MS, 'ab')).toEqual({ partitionKey: 'open-79219', rowKey: '8204564799999-ab' });
  });

  it('puts the newer first, within a day and over days', () => {
    const keys = [0, 1, DAY_MS, 3 * DAY_MS, 400 * DAY_MS].map((agoMs) => indexKey('open', NOON_MS - agoMs, 'ab'));
    const texts = keys.map(({ partitionKey, rowKey }) => `${partitionKey} ${rowKey}`);
    expect(texts.toSorted()).toEqual(texts);
  });

  it('returns the id and the time of a key', () => {
    const record = queuedRecord('valley.jpg');
    const { rowKey, name } = indexRowOf(record);
    expect(name).toBe('valley.jpg');
    expect(idOfRow(rowKey)).toBe(record.id);
    expect(createdAtOfRow(rowKey)).toBe(NOON_MS);
  });
});

describe('groupOf', () => {
  it.each([
    ['queued', 'open'],
    ['waiting', 'open'],
    ['running', 'open'],
    ['succeeded', 'succeeded'],
    ['rejected', 'rejected'],
    ['failed', 'failed'],
    ['cancelled', 'cancelled'],
  ] as const)('of %s is %s', (status, group) => {
    expect(groupOf(status)).toBe(group);
  });
});

describe('indexRanges', () => {
  it('reads the partitions of one group', () => {
    expect(indexRanges('failed')).toEqual(["PartitionKey ge 'failed-' and PartitionKey lt 'failed.'"]);
  });

  it('continues after a row, in its day and then in older ones', () => {
    expect(indexRanges('open', '9999999999999-ab')).toEqual([
      "PartitionKey eq 'open-99999' and RowKey gt '9999999999999-ab'",
      "PartitionKey gt 'open-99999' and PartitionKey lt 'open.'",
    ]);
  });
});

describe('rowKeyBefore', () => {
  it('stands behind every row of its millisecond and before all older ones', () => {
    const [same, older] = [NOON_MS, NOON_MS - 1].map((atMs) => indexKey('open', atMs, 'f'.repeat(32)).rowKey);
    expect([older, rowKeyBefore(NOON_MS), same].toSorted()).toEqual([same, rowKeyBefore(NOON_MS), older]);
  });
});
