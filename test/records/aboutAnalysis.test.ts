import { describe, expect, it } from 'vitest';
import { aboutAnalysis, aboutKept, aboutRecord, analysisOfError } from '../../shared/records/aboutAnalysis.ts';
import { answeredRecord, recordWith } from '../support/sampleRecords.ts';

const FIRST = { id: 'a', costUsd: 0.01 };

describe('aboutAnalysis', () => {
  it('says of an error which analysis it is about; the first that was said stays', () => {
    const error = new Error('x');
    expect(analysisOfError(error)).toBeUndefined();
    expect(aboutAnalysis(error, FIRST)).toBe(error);
    aboutAnalysis(error, { id: 'b', costUsd: null });
    expect(analysisOfError(error)).toEqual(FIRST);
  });

  it.each([['a text'], [null], [undefined], [7]])('leaves what is no error as it is: %j', (thrown) => {
    expect(aboutAnalysis(thrown, FIRST)).toBe(thrown);
    expect(analysisOfError(thrown)).toBeUndefined();
  });
});

describe('aboutRecord', () => {
  it('knows the cost of what was billed, 0 where nothing was, and none without a price', () => {
    const answered = answeredRecord();
    const { id, usage } = answered;
    expect(aboutRecord(answered)).toEqual({ id, costUsd: 0.01025 });
    expect(aboutRecord(answeredRecord({ costMicroUsd: null })).costUsd).toBeNull();
    expect(aboutRecord(recordWith('failed', { usage: null, costMicroUsd: null })).costUsd).toBe(0);
    expect(aboutRecord(recordWith('failed', { usage, costMicroUsd: 0 })).costUsd).toBe(0);
  });
});

describe('aboutKept', () => {
  it('adds the analysis that is stored, and nothing where there is none or the storage does not answer', async () => {
    const record = answeredRecord();
    const find = async () => ({ record, version: '1' });
    const kept = new Error('x');
    expect(await aboutKept(kept, record.id, { analyses: { find } })).toBe(kept);
    expect(analysisOfError(kept)).toEqual(aboutRecord(record));
    for (const other of [async () => undefined, () => Promise.reject(new Error('no storage'))]) {
      const error = new Error('y');
      expect(await aboutKept(error, record.id, { analyses: { find: other } })).toBe(error);
      expect(analysisOfError(error)).toBeUndefined();
    }
  });
});
