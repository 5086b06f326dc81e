import { describe, expect, it } from 'vitest';
import { cancelAnalyses } from '../../shared/backlog/cancelAnalyses.ts';
import { analyzeNow } from '../../shared/pipeline/analyzeNow.ts';
import { analyzeUpload } from '../../shared/pipeline/analyzeUpload.ts';
import type { NowCall } from '../../shared/pipeline/nowCall.ts';
import { resumeAnalysis } from '../../shared/pipeline/resumeAnalysis.ts';
import type { Outcome } from '../../shared/pool/outcome.ts';
import { type AnalysisRecord, errorOf, startOf } from '../../shared/records/analysisRecord.ts';
import { recoverLost } from '../../shared/upkeep/recoverLost.ts';
import { drawMarkedAs } from '../image/drawnImages.ts';
import { ambiguous, filtered, refused, throttled } from '../pool/deployments.ts';
import { abandonedRecord, REQUEST, waitingRecord } from '../support/sampleRecords.ts';
import { useStorage } from '../support/storage.ts';
import { answerOf, openStory, type Story } from '../support/story.ts';

const storage = useStorage();
const PNG = await drawMarkedAs('png');

function callOf(overrides: Partial<NowCall> = {}): NowCall {
  const request = { ...REQUEST, task: 'describe', quality: 'balanced' } as const;
  return { image: { kind: 'bytes', bytes: PNG }, request, waitMs: 50_000, isAsync: false, ...overrides };
}

async function recordsOf({ parts }: Story): Promise<readonly AnalysisRecord[]> {
  return (await parts.analyses.list({ limit: 50 })).records;
}

async function dropped(story: Story, name = 'square.png', bytes = PNG): Promise<void> {
  await story.upload(name, bytes);
  await analyzeUpload({ container: story.parts.imagesContainer, name }, story.parts);
}

/** Waits until the only record has this status. */
async function recordWhen(story: Story, status: AnalysisRecord['status']): Promise<AnalysisRecord> {
  for (;;) {
    const [record] = await recordsOf(story);
    if (record?.status === status) return record;
    await new Promise((settle) => setTimeout(settle, 10));
  }
}

function outcomes({ attempts }: AnalysisRecord): readonly string[] {
  return attempts.map(({ outcome }) => outcome);
}

describe('analyzeUpload', () => {
  it('analyses a dropped file once, however often its event comes', async () => {
    const story = await openStory(storage, () => answerOf());
    await dropped(story);
    const place = { container: story.parts.imagesContainer, name: 'square.png' };
    await Promise.all([analyzeUpload(place, story.parts), analyzeUpload(place, story.parts)]);
    expect(story.asked).toHaveLength(1);
    const [record] = await recordsOf(story);
    expect(record).toMatchObject({ status: 'succeeded', image: { width: 64, height: 48 }, costMicroUsd: 10_800 });
    expect(record && (await story.parts.results.find(record))?.answer).toMatchObject({ title: 'A teal square' });
  });

  it('starts once when its event comes eight times at the same moment', async () => {
    const story = await openStory(storage, () => answerOf());
    await story.upload('square.png', PNG);
    const place = { container: story.parts.imagesContainer, name: 'square.png' };
    await Promise.all(Array.from({ length: 8 }, () => analyzeUpload(place, story.parts)));
    expect(story.asked).toHaveLength(1);
  });

  it('ends what is no image as a record that says why', async () => {
    const story = await openStory(storage, () => answerOf());
    await dropped(story, 'notes.png', Buffer.from('A letter.'));
    expect(await recordsOf(story)).toMatchObject([{ status: 'rejected', error: { code: 'not-an-image' } }]);
    expect(story.asked).toEqual([]);
  });

  it('goes to another deployment at once when one is throttled', async () => {
    const story = await openStory(storage, (asked) => (asked === 1 ? throttled({ waitMs: 60_000 }) : answerOf()));
    await dropped(story);
    const [record] = await recordsOf(story);
    expect(record?.status).toBe('succeeded');
    expect(record && outcomes(record)).toEqual(['throttled', 'answered']);
    expect(new Set(story.asked).size).toBe(2);
  });

  it('ends rejected, with the category, what a content filter refused', async () => {
    const story = await openStory(storage, () => filtered);
    await dropped(story);
    expect(await recordsOf(story)).toMatchObject([
      { status: 'rejected', error: { code: 'content-filtered', category: 'violence' } },
    ]);
    expect(story.asked).toHaveLength(1);
  });

  it('requests one repair, with the findings', async () => {
    const mended = await openStory(storage, (asked) => answerOf(asked === 1 ? 'I see a square.' : undefined));
    await dropped(mended);
    const [record] = await recordsOf(mended);
    expect(record?.status).toBe('succeeded');
    expect(record && outcomes(record)).toEqual(['unusable', 'answered']);

    const hopeless = await openStory(storage, () => answerOf('I see a square.'));
    await dropped(hopeless);
    expect(await recordsOf(hopeless)).toMatchObject([{ status: 'failed', error: { code: 'answer-unusable' } }]);
    expect(hopeless.asked).toHaveLength(2);
  });

  it('waits while every deployment is out, and continues when woken', async () => {
    let outcome: Outcome = refused('unauthorized', 401);
    const story = await openStory(storage, () => outcome);
    await dropped(story);
    const waiting = await recordWhen(story, 'waiting');
    expect(waiting).toMatchObject({ waitingFor: 'outage' });
    outcome = answerOf();
    story.pass((startOf(waiting) ?? 0) - story.parts.now() + 3_600_000);
    await resumeAnalysis(waiting.id, story.parts);
    expect((await recordsOf(story))[0]?.status).toBe('succeeded');
  });

  it('waits when the whole quota is booked, and is woken when it can start', async () => {
    const story = await openStory(storage, () => answerOf());
    for (let place = 0; place < 60; place++) {
      await story.parts.ledger.book({
        analysisId: `other-${place}`,
        admissionTokens: 5_000,
        model: 'gpt-4@vision-preview',
        caller: 'backlog',
        exclude: [],
        createdMs: 0,
        latestStartMs: Number.MAX_SAFE_INTEGER,
      });
    }
    await dropped(story);
    const [record] = await recordsOf(story);
    expect(record).toMatchObject({ status: 'waiting', waitingFor: 'quota', attempts: [] });
    expect(record && startOf(record)).toBeGreaterThan(story.parts.now() + 5_000);
    await expect.poll(() => story.parts.due.length()).toBe(1);
    expect(story.asked).toEqual([]);
  });
});

describe('analyzeNow', () => {
  it('answers a caller who waits, and keeps the result', async () => {
    const story = await openStory(storage, () => answerOf());
    const end = await analyzeNow(callOf(), story.parts);
    expect(end).toMatchObject({ kind: 'done', record: { status: 'succeeded' }, result: { answer: {} } });
    expect(await story.parts.results.find(end.record)).toBeDefined();
  });

  it('refuses a bad image without leaving anything behind', async () => {
    const story = await openStory(storage, () => answerOf());
    const call = callOf({ image: { kind: 'bytes', bytes: Buffer.from('A letter.') } });
    await expect(analyzeNow(call, story.parts)).rejects.toMatchObject({ code: 'not-an-image' });
    expect(await recordsOf(story)).toEqual([]);
  });

  it('gives a caller whose wait ends after the request was sent the address of the answer', async () => {
    const gate = Promise.withResolvers<Outcome>();
    const asking = Promise.withResolvers<void>();
    const story = await openStory(storage, () => {
      asking.resolve();
      return gate.promise;
    });
    const end = await analyzeNow(callOf(), { ...story.parts, sleep: () => asking.promise });
    expect(end).toMatchObject({ kind: 'accepted', record: { status: 'running', image: { format: 'png' } } });
    gate.resolve(answerOf());
    const record = await recordWhen(story, 'succeeded');
    expect(record.id).toBe(end.record.id);
    await expect.poll(() => story.parts.images.readInbox(record.id)).toBeUndefined();
  });

  it('does not keep a caller waiting for a request that was sent just as the wait ended', async () => {
    const gate = Promise.withResolvers<Outcome>();
    const story = await openStory(storage, () => gate.promise);
    const end = await analyzeNow(callOf({ waitMs: 0 }), story.parts);
    expect(end.kind).toBe('accepted');
    gate.resolve(answerOf());
    await recordWhen(story, 'succeeded');
  });

  it('continues from the queue, with the stored bytes, when the request failed after its caller left', async () => {
    const gate = Promise.withResolvers<void>();
    const asking = Promise.withResolvers<void>();
    let isUp = false;
    const story = await openStory(storage, async () => {
      if (isUp) return answerOf();
      asking.resolve();
      await gate.promise;
      return refused('unauthorized', 401);
    });
    const end = await analyzeNow(callOf(), { ...story.parts, sleep: () => asking.promise });
    expect(end.kind).toBe('accepted');
    gate.resolve();
    const waiting = await recordWhen(story, 'waiting');
    isUp = true;
    story.pass((startOf(waiting) ?? 0) - story.parts.now() + 3_600_000);
    await resumeAnalysis(end.record.id, story.parts);
    expect((await recordsOf(story))[0]?.status).toBe('succeeded');
    expect(await story.parts.images.readInbox(end.record.id)).toBeUndefined();
  });

  it('returns a retry delay when no quota is free in time, and stores nothing', async () => {
    const story = await openStory(storage, () => throttled({ waitMs: 60_000 }));
    await expect(analyzeNow(callOf({ waitMs: 30_000 }), story.parts)).rejects.toMatchObject({
      code: expect.stringMatching(/^(no-slot-in-time|pool-down)$/),
      retryAfterMs: expect.any(Number),
    });
    expect(await recordsOf(story)).toEqual([]);
  });

  it('keeps work that may have been billed, and continues it later', async () => {
    const story = await openStory(storage, () => ambiguous());
    const end = await analyzeNow(callOf(), story.parts);
    expect(end).toMatchObject({ kind: 'accepted', record: { status: 'waiting', waitingFor: 'outage' } });
    expect(await story.parts.images.readInbox(end.record.id)).toEqual(PNG);
  });

  it('accepts an asynchronous call at once, and analyses it when woken', async () => {
    const story = await openStory(storage, () => answerOf());
    const end = await analyzeNow(callOf({ isAsync: true }), story.parts);
    expect(end).toMatchObject({ kind: 'accepted', record: { status: 'queued' } });
    expect(await story.takeDue()).toEqual([end.record.id]);
    await resumeAnalysis(end.record.id, story.parts);
    expect((await recordsOf(story))[0]?.status).toBe('succeeded');
    expect(await story.parts.images.readInbox(end.record.id)).toBeUndefined();
  });

  it('gives the answer that a blob has, and says what is missing', async () => {
    const story = await openStory(storage, () => answerOf());
    await dropped(story);
    const image = { kind: 'blob', name: 'square.png' } as const;
    expect(await analyzeNow(callOf({ image }), story.parts)).toMatchObject({ kind: 'done', result: {} });
    expect(story.asked).toHaveLength(1);
    await expect(analyzeNow(callOf({ image: { kind: 'blob', name: 'none.png' } }), story.parts)).rejects.toMatchObject({
      code: 'not-found',
    });
  });

  it('lets callers for a blob wait for the analysis that its upload, or one of them, has begun', async () => {
    const gate = Promise.withResolvers<Outcome>();
    const story = await openStory(storage, () => gate.promise);
    const image = { kind: 'blob', name: 'square.png' } as const;
    await story.upload('square.png', PNG);
    const callers = [1, 2, 3].map(() => analyzeNow(callOf({ image }), story.parts));
    await expect.poll(() => story.asked.length).toBe(1);
    callers.push(analyzeNow(callOf({ image }), story.parts));
    const upload = analyzeUpload({ container: story.parts.imagesContainer, name: 'square.png' }, story.parts);
    expect(await analyzeNow(callOf({ image, waitMs: 300 }), story.parts)).toMatchObject({ kind: 'accepted' });
    gate.resolve(answerOf());
    for (const end of await Promise.all(callers)) expect(end).toMatchObject({ kind: 'done', result: { answer: {} } });
    await upload;
    expect(story.asked).toHaveLength(1);
  });

  it('tells the caller of a cancelled analysis how to run it again', async () => {
    const story = await openStory(storage, () => answerOf());
    await story.upload('square.png', PNG);
    const call = callOf({ image: { kind: 'blob', name: 'square.png' }, isAsync: true });
    const { record } = await analyzeNow(call, story.parts);
    await cancelAnalyses({ kind: 'ids', ids: [record.id] }, story.parts);
    await expect(analyzeNow({ ...call, isAsync: false }, story.parts)).rejects.toMatchObject({
      code: 'conflict',
      detail: `The analysis ${record.id} was cancelled. POST /analyses/${record.id}/retry runs it again.`,
    });
    expect(story.asked).toEqual([]);
  });

  it('does not start waiting work for an asynchronous call', async () => {
    const story = await openStory(storage, () => refused('unauthorized', 401));
    await dropped(story);
    const before = await recordWhen(story, 'waiting');
    const image = { kind: 'blob', name: 'square.png' } as const;
    expect(await analyzeNow(callOf({ image, isAsync: true }), story.parts)).toMatchObject({ kind: 'accepted' });
    expect(await recordsOf(story)).toEqual([before]);
  });
});

describe('resumeAnalysis', () => {
  async function waitingFor(story: Story, startsInMs: number): Promise<AnalysisRecord> {
    const { record } = await analyzeNow(callOf({ isAsync: true }), story.parts);
    await story.takeDue();
    const stored = await story.parts.analyses.find(record.id);
    if (!stored) throw new Error('The record is not there.');
    const waiting = waitingRecord(stored.record, story.parts.now() + startsInMs);
    await story.parts.analyses.replace(stored, waiting);
    return waiting;
  }

  it('starts work whose message appears early, however short a function should wait', async () => {
    const story = await openStory(storage, () => answerOf());
    const { id } = await waitingFor(story, 2_900);
    await resumeAnalysis(id, { ...story.parts, inlineWaitMs: 0 });
    expect((await recordsOf(story))[0]?.status).toBe('succeeded');
  });

  it('sends another message for work that starts later', async () => {
    const story = await openStory(storage, () => answerOf());
    const waiting = await waitingFor(story, 60_000);
    await resumeAnalysis(waiting.id, story.parts);
    expect(await recordsOf(story)).toEqual([waiting]);
    await expect.poll(() => story.parts.due.length()).toBe(1);
  });

  it('completes the record of a stored answer whose worker crashed, without a model call', async () => {
    const story = await openStory(storage, () => answerOf());
    const { record } = await analyzeNow(callOf(), story.parts);
    const stored = await story.parts.analyses.find(record.id);
    if (!stored) throw new Error('The record is not there.');
    await story.parts.analyses.replace(stored, abandonedRecord(record));
    await resumeAnalysis(record.id, story.parts);
    expect(await recordsOf(story)).toEqual([{ ...record, takeovers: 1 }]);
    expect(story.asked).toHaveLength(1);
  });

  it('ends what waited for a blob that was replaced, and takes the newer version', async () => {
    const story = await openStory(storage, (asked) => (asked <= 4 ? refused('unauthorized', 401) : answerOf()));
    await dropped(story);
    const waiting = await recordWhen(story, 'waiting');
    await story.upload('square.png', await drawMarkedAs('jpeg'));
    story.pass(3_600_000);
    await resumeAnalysis(waiting.id, story.parts);
    const states = (await recordsOf(story)).map((record) => [record.status, errorOf(record)?.code]);
    expect(states).toEqual([
      ['succeeded', undefined],
      ['rejected', 'bytes-gone'],
    ]);
  });

  it('does nothing for an unknown id', async () => {
    const story = await openStory(storage, () => answerOf());
    await resumeAnalysis('0'.repeat(32), story.parts);
    expect(story.asked).toEqual([]);
  });
});

describe('recoverLost', () => {
  it('calls what was left behind, and nothing that is on its way', async () => {
    const story = await openStory(storage, () => answerOf());
    const { record } = await analyzeNow(callOf({ isAsync: true }), story.parts);
    await story.takeDue();
    expect(await recoverLost(story.parts)).toBe(0);
    story.pass(61_000);
    expect(await recoverLost(story.parts)).toBe(1);
    expect(await story.takeDue()).toEqual([record.id]);
    expect(story.signals).toContainEqual({ event: 'sweep.recovered', facts: { analyses: 1, indexRows: 0 } });
  });
});
