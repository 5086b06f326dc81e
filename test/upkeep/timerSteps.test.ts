import { describe, expect, it } from 'vitest';
import { currentBacklog, LAST_LOOK } from '../../shared/backlog/currentBacklog.ts';
import { createTableBudget } from '../../shared/money/tableBudget.ts';
import { queueBlobs } from '../../shared/pipeline/queueBlobs.ts';
import { indexRowOf } from '../../shared/records/analysisIndex.ts';
import { partitionOf } from '../../shared/records/analysisRow.ts';
import { roundFact } from '../../shared/storage/roundPage.ts';
import { reconcileBudget } from '../../shared/upkeep/reconcileBudget.ts';
import { recoverLost } from '../../shared/upkeep/recoverLost.ts';
import { assertNoneFailed, runSteps } from '../../shared/upkeep/runSteps.ts';
import { sweepMissed } from '../../shared/upkeep/sweepMissed.ts';
import { watchBacklog } from '../../shared/upkeep/watchBacklog.ts';
import { queuedRecord, waitingRecord } from '../support/sampleRecords.ts';
import { useStorage } from '../support/storage.ts';
import { answerOf, openStory } from '../support/story.ts';

const storage = useStorage({ mostItems: 2 });
const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;

describe('a step of the timer, over pages that are empty or end early', () => {
  it('recoverLost wakes all late work', async () => {
    const { parts } = await openStory(storage, () => answerOf());
    for (let place = 0; place < 7; place++) {
      await parts.analyses.insert(queuedRecord(`${place}.png`, parts.now() - HOUR_MS - place));
    }
    expect(await recoverLost(parts)).toBe(7);
  });

  it('recoverLost skips a record that cannot be read, and names it', async () => {
    const analyses = await storage.table();
    const story = await openStory({ ...storage, table: () => Promise.resolve(analyses) }, () => answerOf());
    const records = [1, 2, 3].map((place) => queuedRecord(`${place}.png`, story.parts.now() - HOUR_MS - place));
    for (const record of records) await story.parts.analyses.insert(record);
    const { id = '' } = records[1] ?? {};
    await analyses.updateEntity(
      { partitionKey: partitionOf(id), rowKey: id, record0: '{"question":"where' },
      'Replace',
    );
    await expect(recoverLost(story.parts)).rejects.toThrow(
      `1 analyses could not be recovered, such as ${id}. Reasons: its JSON cannot be parsed once.`,
    );
    const called = await story.takeDue();
    expect(called.toSorted()).toEqual([records[0]?.id ?? '', records[2]?.id ?? ''].toSorted());
  });

  it('sweepMissed queues what was missed, past a file whose record cannot be read', async () => {
    const analyses = await storage.table();
    const story = await openStory({ ...storage, table: () => Promise.resolve(analyses) }, () => answerOf());
    await sweepMissed(story.parts);
    await story.upload('a.png', Buffer.from('a'));
    await queueBlobs({ isDryRun: false }, story.parts);
    const [id = ''] = await story.takeDue();
    const spoilt = { partitionKey: partitionOf(id), rowKey: id, record0: '{"question":"where' };
    await analyses.updateEntity(spoilt, 'Replace');
    await story.upload('b.png', Buffer.from('b'));
    story.pass(16 * MINUTE_MS);
    expect(await sweepMissed(story.parts)).toBe(1);
    expect(await queueBlobs({ isDryRun: true }, story.parts)).toEqual({ matched: 0, queued: 0 });
  });

  it('reconcileBudget settles every reservation that was left, past one that cannot be', async () => {
    const { parts, pass, signals } = await openStory(storage, () => answerOf());
    const budget = createTableBudget({
      signal: () => undefined,
      table: await storage.table(),
      limits: { day: 1_000_000 },
      ...{ now: parts.now, sleep: parts.sleep, random: () => 0 },
    });
    for (const analysisId of ['a', 'b', 'c', 'd', 'e']) await budget.reserve({ analysisId, attempt: 0, microUsd: 10 });
    pass(11 * MINUTE_MS);
    const settle: typeof budget.settle = async (reservation, microUsd) => {
      if (reservation.analysisId === 'b') throw new Error('away');
      await budget.settle(reservation, microUsd);
    };
    await expect(reconcileBudget({ ...parts, budget: { ...budget, settle } })).rejects.toThrow(
      '1 reservations of the budget could not be settled, such as b. Reasons: away once.',
    );
    expect(signals).toEqual([{ event: 'sweep.recovered', facts: { reservations: 4 } }]);
    expect(await reconcileBudget({ ...parts, budget })).toBe(1);
  });

  it('watchBacklog counts all that is open', async () => {
    const { parts } = await openStory(storage, () => answerOf());
    for (let place = 0; place < 9; place++) {
      await parts.analyses.insert(queuedRecord(`${place}.png`, parts.now() - place * 40_000_000));
    }
    await watchBacklog(parts);
    expect(await parts.progress.read(LAST_LOOK)).toMatchObject({ backlog: { waiting: 9, running: 0 } });
  });

  it('watchBacklog measures although nothing can be woken', async () => {
    const { parts } = await openStory(storage, () => answerOf());
    const waiting = waitingRecord(queuedRecord('a.png', parts.now() - MINUTE_MS), parts.now() + HOUR_MS);
    const estimate = { promptTokens: 900, admissionTokens: 2_000, microUsd: 1 };
    await parts.analyses.insert({ ...waiting, estimate });
    const due = { ...parts.due, send: () => Promise.reject(new Error('away')) };
    await expect(watchBacklog({ ...parts, due })).rejects.toThrow(
      `1 step of the look at the backlog failed. wakeWaiting: 1 analyses could not be called sooner, such as ${waiting.id}. Reasons: away once.`,
    );
    expect(await parts.progress.read(LAST_LOOK)).toMatchObject({ backlog: { waiting: 1 } });
  });

  it('sweepMissed and queueBlobs come to every file', async () => {
    const { parts, upload, pass } = await openStory(storage, () => answerOf());
    expect(await sweepMissed(parts)).toBe(0);
    for (let place = 0; place < 7; place++) await upload(`${place}.png`, Buffer.from('x'));
    expect(await queueBlobs({ isDryRun: true }, parts)).toEqual({ matched: 7, queued: 0 });
    pass(16 * MINUTE_MS);
    expect(await sweepMissed(parts)).toBe(7);
  });

  it('sweepMissed starts its round again if the storage refuses the continuation', async () => {
    const { parts, upload, pass } = await openStory(storage, () => answerOf());
    expect(await sweepMissed(parts)).toBe(0);
    await upload('a.png', Buffer.from('x'));
    pass(16 * MINUTE_MS);
    await parts.progress.write(roundFact('sweep'), {
      startedAtMs: parts.now(),
      onlySinceMs: 0,
      continuation: 'no marker',
    });
    const list: typeof parts.images.list = async (query) => {
      if (query.continuation === 'no marker') throw Object.assign(new Error('no marker'), { statusCode: 400 });
      return await parts.images.list(query);
    };
    expect(await sweepMissed({ ...parts, images: { ...parts.images, list } })).toBe(1);
  });
});

describe('currentBacklog', () => {
  it('is what the timer measured, with its time, if more than 1,000 are open, and is read directly without a recent measurement', async () => {
    const { parts, pass } = await openStory(storage, () => answerOf());
    const { rowKey } = indexRowOf(queuedRecord('a.png', parts.now()));
    const many: typeof parts.analyses.openKeys = async ({ after }) =>
      after === undefined ? { rowKeys: [rowKey], isEnd: false } : { rowKeys: [], isEnd: true };
    const large = { ...parts, analyses: { ...parts.analyses, openKeys: many } };
    await parts.analyses.insert(queuedRecord('a.png', parts.now()));
    expect((await currentBacklog(parts)).seenAtMs).toBeUndefined();
    await watchBacklog(parts);
    const look = await parts.progress.read<{ atMs: number }>(LAST_LOOK);
    expect(await currentBacklog(large)).toMatchObject({ waiting: 1, seenAtMs: look?.atMs });
    pass(3 * MINUTE_MS);
    expect((await currentBacklog(large)).seenAtMs).toBeUndefined();
  });
});

describe('runSteps', () => {
  it('runs each step, and reports which failed and why, without quotations of a parser or the storage', async () => {
    const taken: string[] = [];
    const step = (name: string, end: () => unknown) => ({
      name,
      run: async () => {
        taken.push(name);
        end();
      },
    });
    const throwing = (error: Error) => () => {
      throw error;
    };
    const busy = Object.assign(new Error('Server busy.\nRequestId: 1'), { statusCode: 503, code: 'ServerBusy' });
    const failures = await runSteps([
      step('one', throwing(busy)),
      step('two', () => undefined),
      step('three', () => JSON.parse('{"answer": secret')),
    ]);
    expect(taken).toEqual(['one', 'two', 'three']);
    expect(() => assertNoneFailed('the timer', failures)).toThrow(
      '2 steps of the timer failed. one: 503 ServerBusy. three: its JSON cannot be parsed.',
    );
    expect(() => assertNoneFailed('the timer', [])).not.toThrow();
  });
});
