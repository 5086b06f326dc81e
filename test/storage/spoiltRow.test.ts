import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createTableBudget } from '../../shared/money/tableBudget.ts';
import { createUsageLedger, type UsageEntry } from '../../shared/money/usageLedger.ts';
import type { AnalysisRecord, Status } from '../../shared/records/analysisRecord.ts';
import { recordOf, rowOf } from '../../shared/records/analysisRow.ts';
import { withResentMessage } from '../../shared/records/analysisSteps.ts';
import { createAnalysisStore } from '../../shared/records/analysisStore.ts';
import { boughtOf } from '../../shared/results/boughtAnswer.ts';
import type { Signal } from '../../shared/signals/signals.ts';
import { createProgressStore } from '../../shared/storage/progressStore.ts';
import { parseStored, parseStoredJson, SpoiltRow } from '../../shared/storage/spoiltRow.ts';
import { answeredRecord, NOON_MS, queuedRecord, recordWith, runningRecord } from '../support/sampleRecords.ts';
import { useStorage } from '../support/storage.ts';

const storage = useStorage();
const PLACE = { home: 'table', key: 'row' };
const schema = z.object({ lease: z.object({ untilMs: z.number() }) });

describe('parseStored and parseStoredJson', () => {
  it('say where the row lies, what is wrong and what to do, and nothing of the content', () => {
    expect(() => parseStored(schema, { lease: { untilMs: 'secret' } }, PLACE)).toThrow(
      new SpoiltRow(PLACE, 'lease.untilMs: expected number, received string'),
    );
    expect(() => parseStoredJson(schema, '{"secret": ', PLACE)).toThrow(
      'table/row cannot be read: its JSON cannot be parsed. Restore it, or delete it.',
    );
  });
});

describe('a record', () => {
  const facts = {
    isAside: true,
    cut: { tokens: 5, again: { microUsd: null } },
    image: {
      ...{ format: 'png', width: 10, height: 900, bytes: 5, sentWidth: 10, sentHeight: 300, sentBytes: 5 },
      parts: { count: 3, columns: 1, rows: 3, width: 10, height: 300, overlapPx: [0, 20] },
    },
    contentDigest: 'c',
    answerOf: 'a',
  } as const;
  const paid = { undelivered: 'packed' };
  const records: readonly AnalysisRecord[] = [
    answeredRecord(facts),
    withResentMessage({ ...queuedRecord('a.png'), ...facts, ...paid }, NOON_MS),
    withResentMessage(recordWith('waiting', { ...facts, bought: 'packed' }), NOON_MS, true),
    recordWith('waiting', { waitingFor: 'budget', needsMicroUsd: 5 }),
    recordWith('waiting', { waitingFor: 'outage', outageSinceMs: 5 }),
    withResentMessage(runningRecord(queuedRecord('a.png'), { ...paid, bought: 'b', outageSinceMs: 1 }), NOON_MS),
    recordWith('rejected', { error: { code: 'content-filtered', detail: 'No.', category: 'violence' } }),
    recordWith('failed', { ...paid, awaitsBytes: true }),
    recordWith('cancelled', { ...paid, awaitsBytes: true }),
    recordWith('queued', { source: { kind: 'http', requestId: 'r' } }),
    {
      ...queuedRecord('a.png'),
      request: {
        ...{ task: 'extract', question: 'q', instructions: 'i', schema: { type: 'object' }, language: 'de' },
        ...{ model: 'm@1', deploymentName: 'd', detail: 'low', quality: 'full', maxOutputTokens: 50 },
        ...{ parts: 'auto', reuse: true, inParts: { columns: 1, rows: 2 } },
      },
    },
  ];

  it.each(records.map((record) => [record.status, record] as const))(
    'comes back whole from its row: %s',
    (_, record) => {
      expect(recordOf({ ...rowOf(record), etag: '' })).toEqual(record);
    },
  );

  it.each<[Status, object, string]>([
    ['running', { lease: null }, 'lease: expected object, received null'],
    ['waiting', { startsAtMs: null }, 'startsAtMs: expected number, received null'],
    ['failed', { error: null }, 'error: expected object, received null'],
    ['succeeded', { completedAtMs: undefined }, 'completedAtMs: expected number, received undefined'],
  ])('that is %s without what this state has is none', (status, without, problem) => {
    const spoilt = { ...recordWith(status), ...without } as unknown as AnalysisRecord;
    expect(() => recordOf({ ...rowOf(spoilt), etag: '' })).toThrow(
      new SpoiltRow({ home: 'analyses', key: spoilt.id }, problem),
    );
  });

  it('is passed over by a list, which signals it, and its neighbours are given', async () => {
    const [analyses, byTime, signals] = [await storage.table(), await storage.table(), [] as Signal[]];
    const store = createAnalysisStore({ analyses, byTime, now: () => NOON_MS, signal: (each) => signals.push(each) });
    const [spoilt, right] = [queuedRecord('a.png'), queuedRecord('b.png', NOON_MS - 1)];
    await store.insert(spoilt);
    await store.insert(right);
    await analyses.updateEntity({ ...rowOf(spoilt), record0: '{"status":"queued"}' }, 'Replace');
    await byTime.createEntity({ partitionKey: 'open-99999', rowKey: 'by another program', name: 5 });
    expect((await store.list({ limit: 10 })).records).toEqual([right]);
    expect(signals).toContainEqual({
      event: 'storage.spoilt',
      facts: { home: 'analyses', key: spoilt.id, problem: expect.stringContaining('expected') },
    });
    await expect(store.find(spoilt.id)).rejects.toThrow(SpoiltRow);
    const look = await store.open({ limit: 10 });
    expect(look).toMatchObject({
      open: [{ record: right }],
      failed: [{ item: spoilt.id, error: { name: 'SpoiltRow' } }],
    });
  });

  it('holds no answer that cannot be unpacked', () => {
    const record = runningRecord(queuedRecord('a.png'), { bought: 'no gzip' });
    expect(() => boughtOf(record)).toThrow(`analyses/${record.id} cannot be read`);
  });
});

describe('a spoilt row', () => {
  it('of the usage is passed over and signalled', async () => {
    const [table, signals] = [await storage.table(), [] as Signal[]];
    const usage = createUsageLedger({ usage: table, signal: (each) => signals.push(each) });
    const call = { ...{ model: 'm@1', region: 'westus', task: 'text' }, promptTokens: 1, completionTokens: 1 };
    const entry: UsageEntry = { analysisId: 'a', call: 1, atMs: NOON_MS, ...call, microUsd: null };
    await usage.add(entry);
    await table.createEntity({ partitionKey: '2026-11', rowKey: `${NOON_MS}-b-1`, ...call, promptTokens: 'many' });
    const found: UsageEntry[] = [];
    for await (const each of usage.between(NOON_MS, NOON_MS + 1)) found.push(each);
    expect(found).toEqual([entry]);
    expect(signals).toMatchObject([{ event: 'storage.spoilt', facts: { key: `${NOON_MS}-b-1` } }]);
  });

  it('of the budget keeps every call from being made, and says which row it is', async () => {
    const [table, signals] = [await storage.table(), [] as Signal[]];
    const parts = { now: () => NOON_MS, sleep: async () => undefined, random: () => 0 };
    const budget = createTableBudget({ table, limits: { day: 100 }, ...parts, signal: (each) => signals.push(each) });
    await table.createEntity({ partitionKey: '2026-11', rowKey: 'reservation-x', microUsd: 5 });
    expect(await budget.olderThan(NOON_MS + 1)).toEqual([]);
    expect(signals).toMatchObject([{ event: 'storage.spoilt', facts: { key: 'reservation-x' } }]);
    await table.createEntity({ partitionKey: '2026-11', rowKey: 'day-23', spentMicroUsd: 'all' });
    await expect(budget.reserve({ analysisId: 'a', attempt: 0, microUsd: 1 })).rejects.toMatchObject({
      code: 'conflict',
      detail: expect.stringMatching(/^The budget cannot be checked: .*2026-11\/day-23 cannot be read: spentMicroUsd/),
    });
  });

  it('of the progress is reported to the step that reads it', async () => {
    const table = await storage.table();
    await table.createEntity({ partitionKey: 'installation', rowKey: 'first-start', json: '"long ago"' });
    const progress = createProgressStore({ table });
    const read = progress.read({ name: 'first-start', schema: z.number() });
    await expect(read).rejects.toThrow('installation/first-start cannot be read: expected number, received string');
  });
});
