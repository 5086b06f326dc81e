import { describe, expect, it } from 'vitest';
import {
  createdAtOfRow,
  groupOf,
  idOfRow,
  indexFilter,
  indexKey,
  indexRowOf,
} from '../../shared/analyses/analysisIndex.ts';
import { DAY_MS, NOON_MS, queuedRecord } from './sampleRecords.ts';

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

  it('tells the id and the moment again', () => {
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

describe('indexFilter', () => {
  it('reads the partitions of one group', () => {
    expect(indexFilter({ group: 'failed' })).toBe("(PartitionKey ge 'failed-' and PartitionKey lt 'failed.')");
  });

  it('doubles the quotes of a prefix', () => {
    expect(indexFilter({ group: 'open', prefix: "o'clock" })).toBe(
      "(PartitionKey ge 'open-' and PartitionKey lt 'open.') and (name ge 'o''clock' and name lt 'o''clock\uffff')",
    );
  });

  it('goes on after a row, in its day and in older ones', () => {
    expect(indexFilter({ group: 'open', after: '9999999999999-ab' })).toBe(
      "((PartitionKey eq 'open-99999' and RowKey gt '9999999999999-ab') or " +
        "(PartitionKey gt 'open-99999' and PartitionKey lt 'open.'))",
    );
  });
});
