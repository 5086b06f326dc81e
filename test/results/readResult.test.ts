import { describe, expect, it } from 'vitest';
import { readResult } from '../../shared/results/readResult.ts';
import { StorageRefused } from '../../shared/storage/storageRefused.ts';
import { answeredRecord } from '../support/sampleRecords.ts';

const record = answeredRecord();
const failing = (error: Error) => ({ find: () => Promise.reject(error) });

describe('readResult', () => {
  it('gives the record with its result, or alone where there is none', async () => {
    const result = { answer: { text: 'A valley' }, markdown: '# A valley\n' };
    expect(await readResult(record, { find: async () => result })).toEqual({ record, result });
    expect(await readResult(record, { find: async () => undefined })).toEqual({ record });
  });

  it('warns of a blob that cannot be read, and hides no other result for it', async () => {
    const read = await readResult(record, failing(new StorageRefused('blob', 'It is archived.')));
    expect(read.record.warnings.at(-1)).toEqual({ code: 'result-unreadable', detail: 'It is archived.' });
    expect(read).not.toHaveProperty('result');
  });

  it.each([
    ['a container that is refused', new StorageRefused('container', 'There is no container.')],
    ['a refusal that passes', new StorageRefused('passing', 'It is busy.')],
    ['a fault of ours', new TypeError('x')],
  ])('throws %s', async (_, error) => {
    await expect(readResult(record, failing(error))).rejects.toBe(error);
  });
});
