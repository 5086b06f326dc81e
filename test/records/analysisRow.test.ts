import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { analyzeNow } from '../../shared/pipeline/analyzeNow.ts';
import type { AnalysisRecord } from '../../shared/records/analysisRecord.ts';
import { type AnalysisRow, recordOf, rowOf } from '../../shared/records/analysisRow.ts';
import { factsOf } from '../../shared/records/analysisSteps.ts';
import { createAnalysisStore } from '../../shared/records/analysisStore.ts';
import { drawMarkedAs } from '../image/drawnImages.ts';
import { answeredRecord, NOON_MS, queuedRecord, recordWith } from '../support/sampleRecords.ts';
import { useStorage } from '../support/storage.ts';
import { answerOf, openStory } from '../support/story.ts';

const storage = useStorage();

function recordSaying(text: string, of: AnalysisRecord = queuedRecord('a.png')): AnalysisRecord {
  return { ...of, request: { ...of.request, instructions: text } as AnalysisRecord['request'] };
}

const partsOf = (row: AnalysisRow): readonly string[] =>
  Object.entries(row).flatMap(([name, text]) => (/^record\d+$/.test(name) ? [text] : []));

describe('rowOf', () => {
  it('cuts any text into ASCII parts of at most 60,000 bytes as UTF-16, and recordOf joins it unchanged', () => {
    const units = fc.string({ unit: 'binary', maxLength: 3_000 });
    const odd = fc.constantFrom(
      '',
      '高'.repeat(22_000),
      '🏔'.repeat(20_000),
      '\ufffe\uffff\u0081\ud800',
      '"\\'.repeat(31_000),
    );
    fc.assert(
      fc.property(units, odd, (left, right) => {
        const record = recordSaying(left + right);
        const row = rowOf(record);
        for (const part of partsOf(row)) expect(part).toMatch(/^[\x20-\x7e]{1,30000}$/);
        expect(recordOf({ ...row, etag: '' })).toEqual(record);
      }),
      { numRuns: 25 },
    );
  });

  it('reads rows of earlier versions, whose parts were longer and not ASCII', () => {
    const record = recordSaying('高'.repeat(40_000));
    const json = JSON.stringify(record);
    const row = { record0: json.slice(0, 32_000), record1: json.slice(32_000) } as unknown as AnalysisRow;
    expect(recordOf({ ...row, etag: '' })).toEqual(record);
  });

  it.each([
    ['a request in ASCII', 'x'.repeat(400_000)],
    ['a request in Chinese', '高'.repeat(70_000)],
  ])('refuses %s that leaves no room for its answer, with both numbers', (_what, text) => {
    expect(() => rowOf(recordSaying(text))).toThrow(/takes 4\d\d,\d{3} characters .*; the limit is 400,000\./);
  });

  it('takes what an answer adds to a request of the longest size', () => {
    const longest = recordSaying('x'.repeat(398_000), recordWith('failed', factsOf(answeredRecord())));
    const row = rowOf({ ...longest, undelivered: 'A'.repeat(100_000) } as AnalysisRecord);
    expect(partsOf(row).join('').length * 2).toBeLessThan(1024 * 1024);
    expect(Object.keys(row).length + 3).toBeLessThan(255);
  });
});

describe('recordOf', () => {
  const answered = answeredRecord({
    request: {
      ...answeredRecord().request,
      task: 'extract',
      question: 'How many?',
      instructions: 'In short.',
      schema: { type: 'object', properties: { total: { type: 'number' } } },
      language: 'en',
      deploymentName: 'west',
      maxOutputTokens: 900,
      parts: 'auto',
      reuse: false,
      inParts: { columns: 1, rows: 2 },
    },
    isAside: true,
    contentDigest: 'd',
    answerOf: 'o',
    cut: { tokens: 212, again: { microUsd: 18_890 } },
    takeovers: 1,
    estimate: { promptTokens: 900, admissionTokens: 1_700, savedTokens: 12, microUsd: 12_345 },
  });
  const parts = { count: 2, columns: 1, rows: 2, width: 1200, height: 410, overlapPx: [0, 20] } as const;
  const image = answered.image && { ...answered.image, parts };
  const facts = factsOf({ ...answered, image });
  const resent = { count: 2, atMs: NOON_MS, deadLetters: 1 };
  const filtered = { code: 'content-filtered', detail: 'A filter stopped it.', category: 'hate' } as const;

  it.each<AnalysisRecord>([
    recordWith('queued', { ...facts, resent, undelivered: 'packed' }),
    recordWith('waiting', { ...facts, resent, bought: 'packed' }),
    recordWith('waiting', { ...facts, waitingFor: 'budget', needsMicroUsd: 5 }),
    recordWith('waiting', { ...facts, waitingFor: 'outage', outageSinceMs: NOON_MS }),
    recordWith('running', { ...facts, resent, bought: 'packed', undelivered: 'too', outageSinceMs: NOON_MS }),
    recordWith('succeeded', facts),
    recordWith('rejected', { ...facts, error: filtered }),
    recordWith('failed', { ...facts, undelivered: 'packed', awaitsBytes: true }),
    recordWith('cancelled', { ...facts, undelivered: 'packed', awaitsBytes: true }),
    recordWith('queued', { ...facts, source: { kind: 'http', requestId: 'r' } }),
    queuedRecord('a.png'),
  ])('gives a $status record back with all that it had', (record) => {
    expect(recordOf({ ...rowOf(record), etag: '' })).toStrictEqual(record);
  });

  it.each([
    ['a text as its schema', { schema: 'text' }],
    ['null as its schema', { schema: null }],
    ['a task that there is not', { task: 'guess' }],
    ['an empty number of tokens', { maxOutputTokens: null }],
  ])('names a record whose request has %s', (_, change) => {
    const record = { ...answered, request: { ...answered.request, ...change } } as unknown as AnalysisRecord;
    expect(() => recordOf({ ...rowOf(record), etag: '' })).toThrow(`${record.id} cannot be read`);
  });
});

describe('a long record', () => {
  it('comes back from the table as it was written', async () => {
    const store = createAnalysisStore({
      signal: () => undefined,
      analyses: await storage.table(),
      byTime: await storage.table(),
      now: () => NOON_MS,
    });
    const record = recordSaying(`${'高い🏔'.repeat(12_000)}\uffff`);
    await store.insert(record);
    expect((await store.find(record.id))?.record).toEqual(record);
  });

  it.each([
    [true, 'invalid-request'],
    [false, 'exceeds-quota'],
  ])('is refused before a model call when it is too long (asynchronous: %s)', async (isAsync, code) => {
    const story = await openStory(storage, () => answerOf());
    const { request } = recordSaying('x'.repeat(400_000));
    const image = { kind: 'bytes', bytes: await drawMarkedAs('png') } as const;
    const call = { image, request: { ...request, task: 'describe' } as typeof request, waitMs: 5_000, isAsync };
    await expect(analyzeNow(call, story.parts)).rejects.toMatchObject({ code });
    expect(story.asked).toHaveLength(0);
  });
});
