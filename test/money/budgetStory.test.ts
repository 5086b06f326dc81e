import { randomUUID } from 'node:crypto';
import { RestError } from '@azure/data-tables';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startStorage } from '../../local/storage/startStorage.ts';
import { readBacklog } from '../../shared/backlog/backlog.ts';
import type { Budget } from '../../shared/money/budget.ts';
import { budgetRefusal } from '../../shared/money/budgetRefusal.ts';
import { createTableBudget } from '../../shared/money/tableBudget.ts';
import { analyzeNow } from '../../shared/pipeline/analyzeNow.ts';
import { resumeAnalysis } from '../../shared/pipeline/resumeAnalysis.ts';
import { startOf } from '../../shared/records/analysisRecord.ts';
import { SpoiltRow } from '../../shared/storage/spoiltRow.ts';
import { type FaultyTables, startFaultyTables } from '../pool/faultyTables.ts';
import { REQUEST } from '../support/sampleRecords.ts';
import { useStorage } from '../support/storage.ts';
import { answerOf, drop, newestOf, openStory, type Story } from '../support/story.ts';
import { takeAzurite } from '../support/takeAzurite.ts';
import { plainPng } from '../support/testCloud.ts';

const storage = useStorage();
const PNG = await plainPng(40, 30);
const CALL = {
  image: { kind: 'bytes', bytes: PNG },
  request: { ...REQUEST, task: 'describe' },
  isAsync: false,
} as const;

let tables: FaultyTables;
let stop = async (): Promise<void> => undefined;
beforeAll(async () => {
  const started = await startStorage({ azurite: await takeAzurite() });
  ({ stop } = started);
  tables = await startFaultyTables(started.connectionString);
});
afterAll(async () => {
  await tables.stop();
  await stop();
});

interface BudgetedStory extends Story {
  readonly budget: Budget;
  readonly refuse: (isRefused: boolean) => void;
}

/** A story whose day has so much to spend, on a table that refuses as long as it is told to. */
async function budgetedStory(dayMicroUsd: number): Promise<BudgetedStory> {
  const story = await openStory(storage, () => answerOf());
  const table = tables.table(`budget${randomUUID().replaceAll('-', '')}`);
  await table.createTable();
  const { now, sleep } = story.parts;
  const budget = createTableBudget({
    signal: () => undefined,
    table,
    limits: { day: dayMicroUsd },
    now,
    sleep,
    random: () => 0,
  });
  const fault = { kind: 'refuses', status: 403, code: 'AuthorizationFailure', isDone: false } as const;
  return {
    ...story,
    budget,
    parts: { ...story.parts, budget },
    refuse: (isRefused) => tables.misbehave(fault, { methods: ['GET', 'POST'], calls: isRefused ? 1_000 : 0 }),
  };
}

describe('a budget that calls under way hold', () => {
  it('is waited for as long as the caller waits, who gets an answer and no 402', async () => {
    const story = await budgetedStory(100_000);
    const held = await story.budget.reserve({ analysisId: 'other', attempt: 0, microUsd: 95_000 });
    const ending = analyzeNow(
      { ...CALL, waitMs: 30_000 },
      {
        ...story.parts,
        // The other call ends while this one waits.
        sleep: async (waitMs) => {
          if (waitMs > 5_000 && waitMs < 11_000 && held.kind === 'reserved')
            await story.budget.settle(held.reservation, 20_000);
          else await story.parts.sleep(waitMs);
        },
      },
    );
    expect(await ending).toMatchObject({ kind: 'done', record: { status: 'succeeded' } });
    expect(story.asked).toHaveLength(1);
  });

  it('gives a caller a retry time in seconds, and a dropped file a start', async () => {
    const story = await budgetedStory(100_000);
    await story.budget.reserve({ analysisId: 'other', attempt: 0, microUsd: 95_000 });
    const told = await analyzeNow({ ...CALL, waitMs: 1_000 }, story.parts).catch((error: unknown) => error);
    expect(told).toMatchObject({ code: 'budget-reached', retryAfterMs: expect.closeTo(10_000, -4) });
    await drop(story, 'square.png', PNG);
    const record = await newestOf(story);
    expect(record).toMatchObject({ status: 'waiting', waitingFor: 'budget', attempts: [] });
    expect((startOf(record) ?? 0) - story.parts.now()).toBeLessThan(60_000);
    expect(story.signals).toEqual([]);
  });
});

describe('a budget whose table is refused', () => {
  it('has the file wait, with the reason in its record and in the backlog, and lets it go on by itself', async () => {
    const story = await budgetedStory(1_000_000);
    story.refuse(true);
    await drop(story, 'square.png', PNG);
    const record = await newestOf(story);
    expect(record).toMatchObject({
      status: 'waiting',
      waitingFor: 'outage',
      attempts: [],
      warnings: [{ code: 'storage-refused', detail: expect.stringContaining('(AuthorizationFailure)') }],
    });
    expect((await readBacklog(story.parts)).pausedReason).toMatch(/^The budget cannot be checked/);
    expect(story.asked).toEqual([]);
    story.refuse(false);
    story.pass(60_000);
    await resumeAnalysis(record.id, story.parts);
    expect(await newestOf(story)).toMatchObject({ id: record.id, status: 'succeeded' });
  });

  it('answers a caller with 503, the reason and a retry time, and stores nothing', async () => {
    const story = await budgetedStory(1_000_000);
    story.refuse(true);
    await expect(analyzeNow({ ...CALL, waitMs: 1_000 }, story.parts)).rejects.toMatchObject({
      code: 'pool-down',
      status: 503,
      detail:
        'The budget cannot be checked: its table refuses the app (AuthorizationFailure). ' +
        "Check the role of the app's identity, which can take 30 minutes to apply, and the account's network rules. " +
        'No model call is made until it can be.',
      retryAfterMs: expect.closeTo(60_000, -3),
    });
    expect((await story.parts.analyses.list({ limit: 5 })).records).toEqual([]);
  });
});

describe('budgetRefusal', () => {
  it.each([
    [403, 'AuthorizationFailure', 'container', /refuses the app \(AuthorizationFailure\)\. Check the role/],
    [404, 'TableNotFound', 'container', /Create the table/],
    [409, 'TableBeingDeleted', 'container', /Create the table/],
    [409, 'SomethingNew', 'passing', /usually ends by itself/],
    [503, 'ServerBusy', 'passing', /\(ServerBusy\)\. This usually ends by itself/],
  ] as const)('of %i %s', (statusCode, code, scope, sentence) => {
    const refusal = budgetRefusal(new RestError('refused', { statusCode, code }));
    expect(refusal).toMatchObject({ scope, detail: expect.stringMatching(sentence) });
  });

  it('of a row that is not as it was written', () => {
    const spoilt = new SpoiltRow({ home: 'budget', key: '2026-11/month' }, 'spentMicroUsd is no number');
    expect(budgetRefusal(spoilt)).toMatchObject({
      scope: 'container',
      cause: spoilt,
      detail:
        'The budget cannot be checked: budget/2026-11/month cannot be read: spentMicroUsd is no number. Restore it, or ' +
        'delete it. No model call is made until it can be.',
    });
  });

  it('of a table that does not answer', () => {
    expect(budgetRefusal(new Error('ECONNREFUSED')).detail).toBe(
      'The budget cannot be checked: its table does not answer. This usually ends by itself. No model call is made until it can be.',
    );
  });
});
