import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { LAST_LOOK } from '../../shared/backlog/currentBacklog.ts';
import type { Capabilities } from '../../shared/capabilities.ts';
import { getModel } from '../../shared/catalog/catalog.ts';
import { createUsageLedger } from '../../shared/money/usageLedger.ts';
import { analyzeNow } from '../../shared/pipeline/analyzeNow.ts';
import { queueBlobs } from '../../shared/pipeline/queueBlobs.ts';
import { resumeAnalysis } from '../../shared/pipeline/resumeAnalysis.ts';
import type { AnalysisRecord, WaitingRecord } from '../../shared/records/analysisRecord.ts';
import { createAnalysisStore } from '../../shared/records/analysisStore.ts';
import { requestDigest } from '../../shared/requests/analysisRequest.ts';
import { createAnswerIndex } from '../../shared/results/answerIndex.ts';
import { type RetentionNeeds, removeExpired } from '../../shared/upkeep/removeExpired.ts';
import { createRetention } from '../../shared/upkeep/retention.ts';
import { runTimer } from '../../shared/upkeep/runTimer.ts';
import { signalStaleCatalogue } from '../../shared/upkeep/signalStaleCatalogue.ts';
import { watchBacklog } from '../../shared/upkeep/watchBacklog.ts';
import { drawMarkedAs } from '../image/drawnImages.ts';
import { refused, seedDeployment } from '../pool/deployments.ts';
import { useTelemetry } from '../signals/telemetry.ts';
import { REQUEST, recordWith, runningRecord } from '../support/sampleRecords.ts';
import { useStorage } from '../support/storage.ts';
import { answerOf, drop, newestOf, openStory, type Story } from '../support/story.ts';

const storage = useStorage();
const { measured, spans } = useTelemetry();
const PNG = await drawMarkedAs('png');
const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

const dropped = (story: Story): Promise<void> => drop(story, 'square.png', PNG);

const measuredAs = (name: string): readonly number[] =>
  measured.filter((each) => each.name === name).map(({ value }) => value);

describe('an analysis', () => {
  it('is measured: its call, its tokens, its cost', async () => {
    const story = await openStory(storage, () => answerOf());
    await dropped(story);
    expect(spans).toHaveLength(1);
    expect(measuredAs('gen_ai.client.token.usage')).toEqual([900, 60]);
    expect(measuredAs('argus.cost')).toEqual([0.0108]);
    expect(story.signals.map(({ event }) => event)).toEqual(['analysis.completed']);
  });

  it('leaves no image, question, answer or key in a signal or a span', async () => {
    const story = await openStory(storage, () => answerOf());
    const request = { ...REQUEST, task: 'ask', question: 'Where is the treasure?', quality: 'balanced' } as const;
    const image = { kind: 'bytes', bytes: PNG } as const;
    await analyzeNow({ image, request, waitMs: 50_000, isAsync: false }, story.parts).catch(() => undefined);
    await dropped(story);
    const told = JSON.stringify([story.signals, spans, measured]);
    for (const secret of ['treasure', 'teal', PNG.toString('base64').slice(0, 40)]) expect(told).not.toContain(secret);
  });
});

describe('watchBacklog', () => {
  it('measures what waits, how long, and how full the pool is', async () => {
    const story = await openStory(storage, () => answerOf());
    await watchBacklog(story.parts);
    expect(measuredAs('argus.backlog.waiting')).toEqual([0]);
    await story.upload('a.png', PNG);
    await queueBlobs({ isDryRun: false }, story.parts);
    story.pass(10_000);
    await watchBacklog(story.parts);
    expect(measuredAs('argus.backlog.waiting')).toEqual([0, 1]);
    expect(measuredAs('argus.backlog.oldest_age').at(-1)).toBeGreaterThanOrEqual(10);
    const shares = measuredAs('argus.pool.utilisation');
    expect(shares).toHaveLength(8);
    expect(shares.every((share) => share >= 0 && share <= 1)).toBe(true);
  });

  it('stores what it measured: expired leases, messages, the last success', async () => {
    const story = await openStory(storage, () => answerOf());
    await dropped(story);
    await expect.poll(() => story.parts.due.length()).toBe(0);
    await queueBlobs({ isDryRun: false, task: 'insights' }, story.parts);
    const { records } = await story.parts.analyses.list({ status: 'queued', limit: 1 });
    const stored = records[0] && (await story.parts.analyses.find(records[0].id));
    if (!stored) throw new Error('There is no record.');
    const lease = { holder: 'gone', untilMs: 1 };
    await story.parts.analyses.replace(stored, { ...stored.record, status: 'running', lease });
    // The queue's length is approximate: for a while it may count a message that is gone.
    const look = async (): Promise<unknown> => {
      await watchBacklog(story.parts);
      return story.parts.progress.read(LAST_LOOK);
    };
    await expect.poll(look).toMatchObject({
      backlog: { running: 1, expiredLeases: 1, queueDepth: 1, lastSuccessAtMs: expect.any(Number) },
    });
  });

  it('says when work waits and none of it has moved for a quarter of an hour', async () => {
    const story = await openStory(storage, () => refused('unauthorized', 401));
    await dropped(story);
    await watchBacklog(story.parts);
    story.pass(14 * MINUTE_MS);
    await watchBacklog(story.parts);
    expect(story.signals.filter(({ event }) => event === 'backlog.stalled')).toEqual([]);
    story.pass(2 * MINUTE_MS);
    await watchBacklog(story.parts);
    expect(story.signals.filter(({ event }) => event === 'backlog.stalled')).toMatchObject([
      { facts: { waiting: 1, stillForSeconds: expect.toSatisfy((seconds) => seconds >= 960) } },
    ]);
  });
});

describe('a backlog that is stuck', () => {
  /** One file that is queued and never called, and the timer's looks each minute, with something else between them. */
  async function stalledAfter(
    minutes: number,
    between: (story: Story, minute: number) => Promise<void>,
  ): Promise<Story> {
    const story = await openStory(storage, () => answerOf());
    await story.upload('stuck.png', PNG);
    await queueBlobs({ isDryRun: false }, story.parts);
    for (let minute = 0; minute < minutes; minute++) {
      await between(story, minute);
      await watchBacklog(story.parts);
      story.pass(MINUTE_MS);
    }
    return story;
  }

  const isStalled = ({ signals }: Story): boolean => signals.some(({ event }) => event === 'backlog.stalled');

  it('is signalled although HTTP calls are answered meanwhile', async () => {
    const story = await stalledAfter(17, async ({ parts }, minute) => {
      if (minute % 4 !== 1) return;
      const request = { ...REQUEST, task: 'describe', quality: 'balanced' } as const;
      const image = { kind: 'bytes', bytes: PNG } as const;
      await analyzeNow({ image, request, waitMs: 50_000, isAsync: false }, parts);
    });
    expect(story.asked).toHaveLength(4);
    expect(isStalled(story)).toBe(true);
  });

  it('is not signalled while others of it are answered', async () => {
    const story = await stalledAfter(17, async ({ parts, upload }, minute) => {
      if (minute === 0) {
        for (const name of ['a.png', 'b.png', 'c.png', 'd.png']) await upload(name, PNG);
        await queueBlobs({ isDryRun: false }, parts);
      }
      const { records } = await parts.analyses.list({ status: 'queued', limit: 10 });
      const next = records.find(({ source }) => source.kind === 'blob' && source.name !== 'stuck.png');
      if (minute % 4 === 3 && next) await resumeAnalysis(next.id, parts);
    });
    expect(story.asked).toHaveLength(4);
    expect(isStalled(story)).toBe(false);
  });
});

describe('wakeWaiting, a part of it', () => {
  it('wakes work with a late estimated start that can start now, and leaves leased work', async () => {
    const story = await openStory(storage, () => answerOf());
    const { analyses, now } = story.parts;
    const waiting = (): WaitingRecord =>
      recordWith('waiting', {
        id: randomBytes(16).toString('hex'),
        createdAtMs: now() - MINUTE_MS,
        waitingFor: 'quota',
        startsAtMs: now() + 3_600_000,
        estimate: { promptTokens: 900, admissionTokens: 2_000, microUsd: 12_345 },
      });
    const held = async (record: AnalysisRecord): Promise<string> => {
      await analyses.insert(record);
      return record.id;
    };
    const id = await held(waiting());
    const runs = await held(runningRecord(waiting(), { lease: { holder: 'other', untilMs: now() + MINUTE_MS } }));
    await watchBacklog(story.parts);
    expect(await story.takeDue()).toEqual([id]);
    expect((await analyses.find(id))?.record).toMatchObject({
      status: 'waiting',
      startsAtMs: expect.toSatisfy((startsAtMs: number) => startsAtMs <= now()),
    });
    expect((await analyses.find(runs))?.record.status).toBe('running');
  });
});

describe('signalStaleCatalogue', () => {
  it('says once a day that the prices of a model have not been checked for long', async () => {
    const story = await openStory(storage, () => answerOf());
    for (const hours of [0, 1, 24]) {
      story.pass(hours * 3_600_000);
      await signalStaleCatalogue(story.parts);
    }
    const told = { event: 'catalogue.stale', facts: { model: 'gpt-4@vision-preview' } };
    expect(story.signals).toMatchObject([told, told]);
  });

  it('has nothing to say of prices that are new', async () => {
    const story = await openStory(storage, () => answerOf());
    const deployments = [seedDeployment('westus', { countsAs: 'gpt-4o@2024-11-20' })];
    const asOf = Date.parse(getModel('gpt-4o').prices.asOf);
    await signalStaleCatalogue({ ...story.parts, deployments, now: () => asOf + DAY_MS });
    expect(story.signals).toEqual([]);
  });
});

describe('removeExpired', () => {
  async function keepingStory(): Promise<{ readonly story: Story; readonly parts: Capabilities & RetentionNeeds }> {
    const story = await openStory(storage, () => answerOf());
    const { now } = story.parts;
    const [analyses, byTime, answers, usage, resultsContainer] = await Promise.all([
      storage.table(),
      storage.table(),
      storage.table(),
      storage.table(),
      storage.container(),
    ]);
    const answerIndex = createAnswerIndex({ table: answers });
    const parts: Capabilities & RetentionNeeds = {
      ...story.parts,
      analyses: createAnalysisStore({ signal: () => undefined, analyses, byTime, now }),
      answers: answerIndex,
      usage: createUsageLedger({ signal: () => undefined, usage }),
      retention: createRetention({ analyses, byTime, answers: answerIndex, usage, blobs: storage.blobs() }),
      retentionDays: { records: 90, inbox: 1, usage: 400, results: 0 },
      resultsContainer,
    };
    return { story: { ...story, parts }, parts };
  }

  async function countUsage({ usage }: Pick<Capabilities, 'usage'>): Promise<number> {
    let count = 0;
    for await (const _entry of usage.between(Date.now() - DAY_MS, Date.now() + DAY_MS)) count += 1;
    return count;
  }

  it('removes records with their reusable answers, then usage, after their retention', async () => {
    const { story, parts } = await keepingStory();
    await dropped(story);
    const { contentDigest, id, request } = await newestOf(story);
    const answerOf = (): Promise<string | undefined> => parts.answers.find(contentDigest ?? '', requestDigest(request));
    expect(await answerOf()).toBe(id);
    const count = async (): Promise<readonly number[]> => [
      (await parts.analyses.list({ limit: 10 })).records.length,
      await countUsage(parts),
    ];
    story.pass(89 * DAY_MS);
    await removeExpired(parts);
    expect(await count()).toEqual([1, 1]);
    story.pass(2 * DAY_MS);
    await removeExpired(parts);
    expect(await count()).toEqual([0, 1]);
    expect(await answerOf()).toBeUndefined();
    story.pass(400 * DAY_MS);
    await removeExpired(parts);
    expect(await count()).toEqual([0, 0]);
  });

  it('keeps the bytes of an open analysis at any age', async () => {
    const { story, parts } = await keepingStory();
    const request = { ...REQUEST, task: 'describe', quality: 'balanced' } as const;
    const call = { image: { kind: 'bytes', bytes: PNG }, request, waitMs: 0, isAsync: true } as const;
    const { record } = await analyzeNow(call, parts);
    await parts.images.keepInbox('0'.repeat(32), PNG);
    story.pass(2 * DAY_MS);
    await removeExpired(parts);
    expect(await parts.images.readInbox(record.id)).toEqual(PNG);
    expect(await parts.images.readInbox('0'.repeat(32))).toBeUndefined();
  });

  it('removes results only if that is configured', async () => {
    const { story, parts } = await keepingStory();
    const results = storage.blobs().getContainerClient(parts.resultsContainer);
    await results.getBlockBlobClient('a.json').uploadData(Buffer.from('{}'));
    story.pass(1_000 * DAY_MS);
    await removeExpired(parts);
    expect(await results.getBlobClient('a.json').exists()).toBe(true);
    story.pass(DAY_MS);
    await removeExpired({ ...parts, retentionDays: { ...parts.retentionDays, results: 30 } });
    expect(await results.getBlobClient('a.json').exists()).toBe(false);
  });

  it('is one of the steps of the timer, none of which blocks the others', async () => {
    const { story, parts } = await keepingStory();
    await dropped(story);
    await runTimer(parts);
    const broken = { ...parts, budget: { ...parts.budget, olderThan: () => Promise.reject(new Error('away')) } };
    measured.length = 0;
    await expect(runTimer(broken)).rejects.toThrow('1 step of the timer failed. reconcileBudget: away.');
    expect(measuredAs('argus.backlog.waiting')).toEqual([0]);
  });
});
