import { describe, expect, it } from 'vitest';
import { readBacklog } from '../../shared/backlog/backlog.ts';
import { cancelAnalyses } from '../../shared/backlog/cancelAnalyses.ts';
import { retryAnalyses, retryAnalysis } from '../../shared/backlog/retryAnalyses.ts';
import { AnswerFailed } from '../../shared/errors.ts';
import { createMemoryLedger } from '../../shared/pool/memoryLedger.ts';
import { analysisOfBlob } from '../../shared/records/analysisOfBlob.ts';
import type { QueuedRecord } from '../../shared/records/analysisRecord.ts';
import { endedBy } from '../../shared/records/analysisSteps.ts';
import { headNamedBlob } from '../../shared/storage/headNamedBlob.ts';
import { need, START_MS, seedPool } from '../pool/deployments.ts';
import {
  answeredRecord,
  DAY_MS,
  NOON_MS,
  queuedRecord,
  REQUEST,
  recordWith,
  runningRecord,
  waitingRecord,
} from '../support/sampleRecords.ts';
import { useStorage } from '../support/storage.ts';
import { answerOf, openStory, type Story } from '../support/story.ts';

const storage = useStorage();
const open = (): Promise<Story> => openStory(storage, () => answerOf());

const failedBy = new AnswerFailed('answer-unusable', 'Nothing could be read.');
const refusedBy = new AnswerFailed('service-refused', 'The service said no.');

/** A record of a blob that is there. */
async function dropped(story: Story, name: string): Promise<QueuedRecord> {
  await story.upload(name, Buffer.from(name));
  const { defaults } = story.parts;
  return analysisOfBlob(await headNamedBlob(name, story.parts), REQUEST, { defaults, nowMs: Date.now() });
}

describe('retryAnalysis', () => {
  it('runs a failed one again from the beginning, and keeps what it has cost', async () => {
    const story = await open();
    const record = await dropped(story, 'a.png');
    const { usage } = answeredRecord();
    const attempts = [{ deployment: 'd', region: 'westus', status: 200, outcome: 'unusable', ms: 5 }] as const;
    const failed = endedBy({ ...record, usage, costMicroUsd: 500, attempts }, failedBy, Date.now());
    await story.parts.analyses.insert(failed);
    const again = await retryAnalysis(record.id, story.parts);
    expect(again).toMatchObject({
      id: record.id,
      status: 'queued',
      attempts: [],
      usage,
      costMicroUsd: 500,
    });
    expect(again).not.toHaveProperty('error');
    expect((await story.parts.analyses.find(record.id))?.record).toEqual(again);
    expect(await story.takeDue()).toEqual([record.id]);
  });

  it.each(['succeeded', 'rejected', 'queued', 'waiting', 'running'] as const)(
    'leaves one that is %s',
    async (status) => {
      const { parts } = await open();
      const record = recordWith(status);
      await parts.analyses.insert(record);
      await expect(retryAnalysis(record.id, parts)).rejects.toMatchObject({
        code: 'conflict',
        detail: `The analysis ${record.id} is ${status}; only a failed or cancelled one is run again.`,
      });
    },
  );

  it('says that there is none, or that its image is gone', async () => {
    const { parts } = await open();
    await expect(retryAnalysis('0'.repeat(32), parts)).rejects.toMatchObject({ code: 'not-found' });
    const gone = endedBy(queuedRecord('gone.png'), failedBy, Date.now());
    await parts.analyses.insert(gone);
    await expect(retryAnalysis(gone.id, parts)).rejects.toMatchObject({ code: 'bytes-gone', status: 410 });
  });
});

describe('retryAnalyses', () => {
  it('runs those again that failed in this way under this prefix, and names those whose image is gone', async () => {
    const story = await open();
    const { analyses } = story.parts;
    const [one, two, other] = await Promise.all(
      ['in/one.png', 'in/two.png', 'out/three.png'].map((name) => dropped(story, name)),
    );
    if (!one || !two || !other) throw new Error('Three were dropped.');
    for (const record of [one, other]) await analyses.insert(endedBy(record, failedBy, Date.now()));
    await analyses.insert(endedBy(two, refusedBy, Date.now()));
    const gone = queuedRecord('in/gone.png', Date.now());
    await analyses.insert(endedBy(gone, failedBy, Date.now()));
    const wanted = { status: 'failed', code: 'answer-unusable', prefix: 'in/' } as const;
    expect(await retryAnalyses(wanted, story.parts)).toEqual({
      matched: 2,
      changed: 1,
      left: [{ id: gone.id, reason: 'bytes-gone' }],
    });
    expect(await story.takeDue()).toEqual([one.id]);
    expect(await retryAnalyses({ status: 'cancelled' }, story.parts)).toEqual({ matched: 0, changed: 0 });
  });
});

describe('cancelAnalyses', () => {
  it('stops what waits under a prefix, and neither what runs nor what has ended', async () => {
    const { parts } = await open();
    const waiting = waitingRecord(queuedRecord('in/waits.png'), 1);
    const records = [
      queuedRecord('in/queued.png'),
      waiting,
      runningRecord(queuedRecord('in/runs.png')),
      endedBy(queuedRecord('in/failed.png'), failedBy, Date.now()),
      queuedRecord('out/queued.png'),
    ];
    for (const record of records) await parts.analyses.insert(record);
    expect(await cancelAnalyses({ kind: 'prefix', prefix: 'in/' }, parts)).toEqual({
      matched: 2,
      changed: 2,
      left: [{ id: records[2]?.id, reason: 'running' }],
    });
    const found = await Promise.all(records.map(({ id }) => parts.analyses.find(id)));
    const states = found.map((stored) => stored?.record.status);
    expect(states).toEqual(['cancelled', 'cancelled', 'running', 'failed', 'queued']);
    for (const name of ['waitingFor', 'startsAtMs']) expect(found[1]?.record).not.toHaveProperty(name);
    expect((await parts.analyses.list({ status: 'cancelled', limit: 10 })).records).toHaveLength(2);
  });

  it('gives its queue position to the work behind it', async () => {
    const story = await open();
    const options = { httpShare: 0.2, now: () => START_MS, random: () => 0, signal: () => undefined };
    const parts = { ...story.parts, ledger: createMemoryLedger(seedPool, options) };
    const deploymentName = seedPool[0]?.name ?? '';
    let createdMs = START_MS;
    const startOf = async (analysisId: string): Promise<number> => {
      createdMs += 1;
      const asked = need({ analysisId, createdMs, deploymentName, latestStartMs: START_MS });
      const placement = await parts.ledger.book(asked);
      return placement.kind === 'later' ? placement.expectedStartMs : START_MS;
    };
    const waiting = waitingRecord(queuedRecord('waits.png'), START_MS);
    await parts.analyses.insert(waiting);
    for (const id of ['a', 'b', 'c']) await startOf(id);
    const toldMs = await startOf(waiting.id);
    expect(await startOf('behind')).toBeGreaterThan(toldMs);
    await cancelAnalyses({ kind: 'ids', ids: [waiting.id] }, parts);
    expect(await startOf('behind')).toBe(toldMs);
  });

  it('tries again what a worker puts down at the same moment, three times in all', async () => {
    const { parts } = await open();
    for (const [conflicts, changed] of [
      [2, 1],
      [3, 0],
    ] as const) {
      const record = queuedRecord(`busy-${conflicts}.png`);
      await parts.analyses.insert(record);
      let left = conflicts;
      const replace: typeof parts.analyses.replace = async (stored, ended) => {
        // A worker writes between the look and the cancelling.
        if (left-- > 0) await parts.analyses.replace(stored, waitingRecord(stored.record, NOON_MS + left));
        return await parts.analyses.replace(stored, ended);
      };
      const analyses = { ...parts.analyses, replace };
      expect(await cancelAnalyses({ kind: 'ids', ids: [record.id] }, { ...parts, analyses })).toEqual({
        matched: 1,
        changed,
        ...(changed === 0 && { left: [{ id: record.id, reason: 'waiting' }] }),
      });
    }
  });

  it('stops those that are named', async () => {
    const { parts } = await open();
    const [one, two] = [queuedRecord('one.png'), queuedRecord('two.png')];
    for (const record of [one, two]) await parts.analyses.insert(record);
    const ids = [one.id, 'f'.repeat(32)];
    expect(await cancelAnalyses({ kind: 'ids', ids }, parts)).toEqual({
      matched: 1,
      changed: 1,
      left: [{ id: 'f'.repeat(32), reason: 'not-found' }],
    });
    expect((await parts.analyses.find(two.id))?.record.status).toBe('queued');
  });

  it('goes through many in pages', async () => {
    const { parts } = await open();
    const records = Array.from({ length: 230 }, (_, place) => queuedRecord(`many/${place}.png`, Date.now() + place));
    await Promise.all(records.map((record) => parts.analyses.insert(record)));
    const first = await cancelAnalyses({ kind: 'prefix', prefix: 'many/' }, parts);
    expect(first).toMatchObject({ matched: 200, changed: 200 });
    const { continuation = '' } = first;
    expect(await cancelAnalyses({ kind: 'prefix', prefix: 'many/', continuation }, parts)).toEqual({
      matched: 30,
      changed: 30,
    });
  });
});

describe('readBacklog', () => {
  it('is empty where nothing waits', async () => {
    const { parts } = await open();
    expect(await readBacklog(parts)).toEqual({
      waiting: 0,
      running: 0,
      documents: 0,
      oldestWaitingSinceMs: null,
      expectedDoneAtMs: null,
      perMinute: 0,
      expiredLeases: 0,
      queueDepth: 0,
      lastSuccessAtMs: null,
    });
  });

  it('counts what waits and what runs, and says when it will be done at the whole quota', async () => {
    const { parts } = await open();
    const sinceMs = Date.now() - DAY_MS;
    const estimate = { promptTokens: 1, admissionTokens: 4_000, microUsd: null };
    for (const [place, name] of ['a', 'b', 'c'].entries()) {
      await parts.analyses.insert({ ...queuedRecord(name, sinceMs + place), estimate });
    }
    await parts.analyses.insert(
      runningRecord(queuedRecord('d'), { lease: { holder: 'one', untilMs: Date.now() + 60_000 } }),
    );
    const nowMs = Date.now();
    // 12,000 tokens at 40,000 a minute: 18 s.
    expect(await readBacklog({ ...parts, now: () => nowMs })).toMatchObject({
      ...{ waiting: 3, running: 1, oldestWaitingSinceMs: sinceMs, expectedDoneAtMs: nowMs + 18_000 },
    });
  });

  it('measures what was answered, and says why nothing is', async () => {
    const { parts } = await open();
    const entry = { model: 'm@1', region: 'westus', task: 'text', promptTokens: 1, completionTokens: 1, microUsd: 1 };
    for (const call of [1, 2]) await parts.usage.add({ analysisId: 'a', call, atMs: Date.now() - 1_000, ...entry });
    const view = (await parts.ledger.view()).map((each) => ({
      ...each,
      circuit: { state: 'open', untilMs: Date.now() + 60_000, reason: 'It answers 401.' } as const,
    }));
    const seen = await readBacklog({ ...parts, ledger: { ...parts.ledger, view: async () => view } });
    expect(seen.perMinute).toBe(0.2);
    expect(seen.pausedReason).toContain('No deployment answers.');
    expect(seen.pausedReason).toContain('It answers 401.');
  });
});
