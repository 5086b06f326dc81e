import { describe, expect, it } from 'vitest';
import { rollUpUsage } from '../../shared/money/rollUpUsage.ts';
import { createUsageLedger, type UsageEntry } from '../../shared/money/usageLedger.ts';
import { analyzeNow } from '../../shared/pipeline/analyzeNow.ts';
import { REQUEST } from '../support/sampleRecords.ts';
import { useStorage } from '../support/storage.ts';
import { answerOf, openStory, USAGE } from '../support/story.ts';
import { plainPng } from '../support/testCloud.ts';

const storage = useStorage();

const LAST_OF_OCTOBER_MS = Date.UTC(2026, 9, 31, 23, 59, 59, 999);

function entry(overrides: Partial<UsageEntry>): UsageEntry {
  return {
    analysisId: 'a'.repeat(32),
    call: 1,
    atMs: LAST_OF_OCTOBER_MS,
    model: 'gpt-4@vision-preview',
    region: 'westus',
    task: 'text',
    promptTokens: 1_000,
    completionTokens: 100,
    microUsd: 13_000,
    ...overrides,
  };
}

async function listOf<T>(items: AsyncIterable<T>): Promise<readonly T[]> {
  const list: T[] = [];
  for await (const item of items) list.push(item);
  return list;
}

async function* each<T>(items: readonly T[]): AsyncGenerator<T> {
  yield* items;
}

describe('createUsageLedger', () => {
  it('gives what lies between two moments, in the order of time, over the ends of months', async () => {
    const ledger = createUsageLedger({ signal: () => undefined, usage: await storage.table() });
    const entries = [
      entry({}),
      entry({ atMs: LAST_OF_OCTOBER_MS + 1, microUsd: null }),
      entry({ atMs: LAST_OF_OCTOBER_MS + 1, call: 2, isAfterCut: true }),
      entry({ atMs: Date.UTC(2027, 0, 5) }),
    ];
    for (const each of entries.toReversed()) await ledger.add(each);
    expect(await listOf(ledger.between(LAST_OF_OCTOBER_MS, Date.UTC(2027, 0, 6)))).toEqual(entries);
    expect(await listOf(ledger.between(LAST_OF_OCTOBER_MS + 1, Date.UTC(2027, 0, 5)))).toEqual(entries.slice(1, 3));
    expect(await listOf(ledger.between(0, 0))).toEqual([]);
  });

  it('holds a call that is written twice once', async () => {
    const ledger = createUsageLedger({ signal: () => undefined, usage: await storage.table() });
    await ledger.add(entry({}));
    await ledger.add(entry({}));
    expect(await listOf(ledger.between(0, LAST_OF_OCTOBER_MS + 1))).toHaveLength(1);
  });
});

describe('rollUpUsage', () => {
  it.each([
    ['none', [entry({})], { calls: 0, costUsd: 0 }],
    ['two calls', [entry({}), entry({ isAfterCut: true }), entry({ isAfterCut: true })], { calls: 2, costUsd: 0.026 }],
    ['one whose price is not known', [entry({ isAfterCut: true, microUsd: null })], { calls: 1, costUsd: null }],
  ] as const)('says what asking again after a cut has cost: %s', async (_, entries, cut) => {
    expect(await rollUpUsage(each(entries), 'task')).toMatchObject([{ key: 'text', cut }]);
  });

  const entries = [
    entry({}),
    entry({ call: 2, region: 'eastus', atMs: LAST_OF_OCTOBER_MS + 1 }),
    entry({ analysisId: 'b'.repeat(32), task: 'describe', model: 'mine@1', microUsd: null }),
  ];

  it.each([
    ['day', ['2026-10-31', '2026-11-01'], [2, 0], [null, 0.013]],
    ['model', ['gpt-4@vision-preview', 'mine@1'], [1, 1], [0.026, null]],
    ['region', ['eastus', 'westus'], [0, 2], [0.013, null]],
    ['task', ['describe', 'text'], [1, 1], [null, 0.026]],
  ] as const)(
    'sums by %s, counts an analysis once, and knows no sum with an unknown part',
    async (by, keys, counts, usd) => {
      const rows = await rollUpUsage(each(entries), by);
      expect(rows.map(({ key }) => key)).toEqual(keys);
      expect(rows.map(({ analyses }) => analyses)).toEqual(counts);
      expect(rows.map(({ costUsd }) => costUsd)).toEqual(usd);
      expect(rows.reduce((sum, { promptTokens }) => sum + promptTokens, 0)).toBe(3 * entry({}).promptTokens);
      expect(rows.reduce((sum, { completionTokens }) => sum + completionTokens, 0)).toBe(
        3 * entry({}).completionTokens,
      );
    },
  );
});

describe('an analysis', () => {
  it('leaves a row for each call that was billed', async () => {
    const { parts } = await openStory(storage, (asked) => (asked === 1 ? answerOf('no JSON') : answerOf()));
    const image = { kind: 'bytes', bytes: await plainPng(33, 44) } as const;
    const request = { ...REQUEST, task: 'describe' } as const;
    const end = await analyzeNow({ image, request, waitMs: 50_000, isAsync: false }, parts);
    const rows = await listOf(parts.usage.between(Date.now() - 60_000, Date.now() + 60_000));
    expect(rows.map(({ call }) => call)).toEqual([1, 2]);
    expect(rows[0]).toMatchObject({
      analysisId: end.record.id,
      model: 'gpt-4@vision-preview',
      task: 'describe',
      promptTokens: USAGE.promptTokens,
      completionTokens: USAGE.completionTokens,
    });
    const [row] = await rollUpUsage(each(rows), 'task');
    expect(row).toMatchObject({ key: 'describe', analyses: 1, promptTokens: 2 * USAGE.promptTokens });
    expect(row?.costUsd).toBe((end.record.costMicroUsd ?? 0) / 1_000_000);
  });

  it('ends well when its usage cannot be written, and says so', async () => {
    const { parts, signals } = await openStory(storage, () => answerOf());
    const usage = { ...parts.usage, add: () => Promise.reject(new Error('The table is away.')) };
    const image = { kind: 'bytes', bytes: await plainPng(34, 44) } as const;
    const request = { ...REQUEST, task: 'describe' } as const;
    const end = await analyzeNow({ image, request, waitMs: 50_000, isAsync: false }, { ...parts, usage });
    expect(end).toMatchObject({ kind: 'done', record: { status: 'succeeded' } });
    expect(signals.map(({ event }) => event)).toContain('usage.lost');
  });
});
