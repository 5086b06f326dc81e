import { describe, expect, it } from 'vitest';
import { createTableBudget } from '../../shared/money/tableBudget.ts';
import { analyzeNow } from '../../shared/pipeline/analyzeNow.ts';
import { analyzeUpload } from '../../shared/pipeline/analyzeUpload.ts';
import { queueBlobs } from '../../shared/pipeline/queueBlobs.ts';
import { resumeAnalysis } from '../../shared/pipeline/resumeAnalysis.ts';
import { type AnalysisRecord, leaseOf, type RunningRecord, startOf } from '../../shared/records/analysisRecord.ts';
import { readDeadLetter, recordDeadLetter } from '../../shared/upkeep/deadLetters.ts';
import { reconcileBudget } from '../../shared/upkeep/reconcileBudget.ts';
import { recoverLost } from '../../shared/upkeep/recoverLost.ts';
import { DEAD_LETTERS_CONTAINER, recoverUndeliveredEvents } from '../../shared/upkeep/recoverUndeliveredEvents.ts';
import { watchBacklog } from '../../shared/upkeep/watchBacklog.ts';
import { drawMarkedAs } from '../image/drawnImages.ts';
import { ambiguous, refused } from '../pool/deployments.ts';
import { abandonedRecord, REQUEST } from '../support/sampleRecords.ts';
import { useStorage } from '../support/storage.ts';
import { answerOf, drop, newestOf, openStory, type Story } from '../support/story.ts';

const storage = useStorage();
const PNG = await drawMarkedAs('png');
const DAY_MS = 86_400_000;

const dropped = (story: Story, name = 'square.png'): Promise<void> => drop(story, name, PNG);

/** Leaves the newest record as a holder that was killed would. */
async function kill(story: Story, change: Partial<RunningRecord> = {}): Promise<AnalysisRecord> {
  const record = await newestOf(story);
  const stored = await story.parts.analyses.find(record.id);
  if (!stored) throw new Error('There is no record.');
  const lost = abandonedRecord(record, change);
  await story.parts.analyses.replace(stored, lost);
  return lost;
}

describe('an outage', () => {
  it('is waited for for seven days, then an operator must look at it', async () => {
    const story = await openStory(storage, () => refused('unauthorized', 401));
    await dropped(story);
    const waiting = await newestOf(story);
    if (waiting.status !== 'waiting' || waiting.waitingFor !== 'outage') throw new Error('It waits for an outage.');
    const { id, outageSinceMs } = waiting;
    story.pass(6 * DAY_MS);
    await resumeAnalysis(id, story.parts);
    expect(await newestOf(story)).toMatchObject({ status: 'waiting', waitingFor: 'outage', outageSinceMs });
    story.pass(DAY_MS + 3_600_000);
    await resumeAnalysis(id, story.parts);
    expect(await newestOf(story)).toMatchObject({ status: 'failed', error: { code: 'pool-down' } });
    expect(story.signals.at(-1)).toMatchObject({ event: 'analysis.failed', facts: { code: 'pool-down' } });
  });
});

describe('a worker that crashed', () => {
  it('leaves its request as ambiguous, and the request is made again when its lease ends', async () => {
    const story = await openStory(storage, () => answerOf());
    await dropped(story);
    const attempts = [
      { deployment: 'gpt-4-vision-preview-westus', region: 'westus', status: null, outcome: 'sending', ms: 0 },
    ] as const;
    const { id, source } = await kill(story, { attempts });
    // Nothing was kept: the result goes as well.
    const { container, name } = story.parts.results.placeOf(await newestOf(story));
    await storage.blobs().getContainerClient(container).deleteBlob(name);
    await resumeAnalysis(id, story.parts);
    const record = await newestOf(story);
    expect(record).toMatchObject({ status: 'succeeded', source, takeovers: 0 });
    expect(record.attempts.map(({ outcome }) => outcome)).toEqual(['ambiguous', 'answered']);
    expect(story.asked).toHaveLength(2);
  });

  it('is not paid again for its stored answer, also when the event arrives again instead of the message', async () => {
    const story = await openStory(storage, () => answerOf());
    await dropped(story);
    await kill(story);
    // It died between the two parts of its result.
    const { container, name } = story.parts.results.placeOf(await newestOf(story));
    const markdown = storage.blobs().getContainerClient(container).getBlobClient(name.replace(/json$/, 'md'));
    await markdown.delete();
    const place = { container: story.parts.imagesContainer, name: 'square.png' };
    await analyzeUpload(place, story.parts);
    expect(await newestOf(story)).toMatchObject({ status: 'succeeded' });
    expect((await markdown.downloadToBuffer()).toString()).toContain('A teal square');
    expect(story.asked).toHaveLength(1);
  });

  it('does not keep its image for ever: the tenth time it fails, with what to do', async () => {
    const story = await openStory(storage, () => answerOf());
    await dropped(story);
    const { id } = await kill(story, { attempts: [], takeovers: 9 });
    const { container, name } = story.parts.results.placeOf(await newestOf(story));
    await storage.blobs().getContainerClient(container).deleteBlob(name);
    await resumeAnalysis(id, story.parts);
    expect(await newestOf(story)).toMatchObject({
      status: 'failed',
      error: { code: 'internal', detail: expect.stringContaining('10 workers crashed') },
    });
    expect(story.asked).toHaveLength(1);
  });

  it('no longer counts against an image once a worker has prepared and sent it', async () => {
    const story = await openStory(storage, () => answerOf());
    await dropped(story);
    const { id } = await kill(story, { attempts: [], takeovers: 8 });
    const { container, name } = story.parts.results.placeOf(await newestOf(story));
    await storage.blobs().getContainerClient(container).deleteBlob(name);
    await resumeAnalysis(id, story.parts);
    expect(await newestOf(story)).toMatchObject({ status: 'succeeded', takeovers: 0 });
  });

  it('does not lead to an eleventh request', async () => {
    const story = await openStory(storage, () => ambiguous());
    await dropped(story);
    const attempt = { deployment: 'a', region: 'b', status: null, outcome: 'ambiguous', ms: 0 } as const;
    const { id } = await kill(story, { attempts: Array.from({ length: 10 }, () => attempt) });
    const before = story.asked.length;
    await resumeAnalysis(id, story.parts);
    expect(await newestOf(story)).toMatchObject({ status: 'failed', error: { code: 'service-refused' } });
    expect(story.asked).toHaveLength(before);
  });
});

describe('a lease', () => {
  /** A worker whose model never answers: killed, for all that anybody can see. */
  async function leasedAndKilled(story: Story): Promise<AnalysisRecord> {
    const killed = { ...story.parts, repeat: () => () => undefined };
    await story.upload('square.png', PNG);
    void analyzeUpload({ container: story.parts.imagesContainer, name: 'square.png' }, killed).catch(() => undefined);
    await expect.poll(async () => story.asked.length).toBe(1);
    await expect.poll(() => story.parts.due.length()).toBe(1);
    return await newestOf(story);
  }

  it.each([
    ['a new image', 'insert'],
    ['a record that is taken over', 'replace'],
  ] as const)('of %s has its message, whenever its holder is killed from the moment it is written', async (_, step) => {
    const story = await openStory(storage, () => answerOf());
    await story.upload('square.png', PNG);
    if (step === 'replace') await queueBlobs({ isDryRun: false }, story.parts);
    await story.takeDue();
    const written = Promise.withResolvers<void>();
    const killedAtOnce = async (...write: never[]): Promise<never> => {
      await (story.parts.analyses[step] as (...write: never[]) => Promise<unknown>)(...write);
      written.resolve();
      return await new Promise<never>(() => undefined);
    };
    const place = { container: story.parts.imagesContainer, name: 'square.png' };
    void analyzeUpload(place, { ...story.parts, analyses: { ...story.parts.analyses, [step]: killedAtOnce } });
    await written.promise;
    expect(await newestOf(story)).toMatchObject({ status: 'running' });
    await expect.poll(() => story.parts.due.length()).toBe(1);
    expect(await story.takeDue()).toEqual([]);
  });

  it('has a message that appears when it ends, and a worker that gets it early waits for that moment', async () => {
    const story = await openStory(storage, (asked) => (asked === 1 ? new Promise(() => undefined) : answerOf()));
    const leased = await leasedAndKilled(story);
    const { id } = leased;
    const leftMs = (leaseOf(leased)?.untilMs ?? 0) - story.parts.now();
    story.pass(leftMs - 1_500);
    const waited: number[] = [];
    const sleep: Story['parts']['sleep'] = (waitMs) => {
      if (waited.push(waitMs) === 1) story.pass(waitMs);
      return Promise.resolve();
    };
    await resumeAnalysis(id, { ...story.parts, sleep });
    expect(waited[0]).toBeGreaterThan(0);
    expect(waited[0]).toBeLessThanOrEqual(1_500);
    const record = await newestOf(story);
    expect(record).toMatchObject({ status: 'succeeded', takeovers: 0 });
    expect(record.attempts.map(({ outcome }) => outcome)).toEqual(['ambiguous', 'answered']);
    expect(story.signals.map(({ event }) => event)).toEqual(['pool.ambiguous', 'analysis.completed']);
  });

  it('that was renewed meanwhile has its message sent again, for its new end', async () => {
    const story = await openStory(storage, () => new Promise(() => undefined));
    const { id } = await leasedAndKilled(story);
    await resumeAnalysis(id, story.parts);
    expect(await story.takeDue()).toEqual([]);
    await expect.poll(() => story.parts.due.length()).toBe(2);
    expect(story.asked).toHaveLength(1);
  });

  it('takes its message back when the work is done', async () => {
    const story = await openStory(storage, () => answerOf());
    await dropped(story);
    await expect.poll(() => story.parts.due.length()).toBe(0);
  });
});

describe('an end', () => {
  it('is signalled once, also for files that are refused for their metadata', async () => {
    const story = await openStory(storage, () => answerOf());
    const images = storage.blobs().getContainerClient(story.parts.imagesContainer);
    await images.getBlockBlobClient('a.png').uploadData(PNG, { metadata: { task: 'guess' } });
    await images.getBlockBlobClient('b.png').uploadData(PNG, { metadata: { task: 'guess' } });
    const place = { container: story.parts.imagesContainer, name: 'a.png' };
    for (let times = 0; times < 3; times++) await analyzeUpload(place, story.parts);
    await queueBlobs({ isDryRun: false }, story.parts);
    expect(story.signals.map(({ event, facts }) => [event, facts.code])).toEqual([
      ['analysis.rejected', 'invalid-request'],
      ['analysis.rejected', 'invalid-request'],
    ]);
  });
});

describe('a worker that lives', () => {
  it('renews its lease during a slow model call, so that no other worker makes one', async () => {
    const gate = Promise.withResolvers<void>();
    const story = await openStory(storage, async () => {
      await gate.promise;
      return answerOf();
    });
    const eager: Story['parts']['repeat'] = (_everyMs, step) => story.parts.repeat(250, step);
    const place = { container: story.parts.imagesContainer, name: 'square.png' };
    await story.upload('square.png', PNG);
    const working = analyzeUpload(place, { ...story.parts, repeat: eager });
    await expect.poll(() => story.asked).toHaveLength(1);
    for (let minutes = 0; minutes < 3; minutes++) {
      const lease = leaseOf(await newestOf(story));
      story.pass(20_000);
      await expect
        .poll(async () => leaseOf(await newestOf(story))?.untilMs)
        .toBeGreaterThan((lease?.untilMs ?? 0) + 15_000);
      await analyzeUpload(place, story.parts);
    }
    gate.resolve();
    await working;
    expect(await newestOf(story)).toMatchObject({ status: 'succeeded', takeovers: 0 });
    expect(story.asked).toHaveLength(1);
  });
});

describe('dead letters', () => {
  it.each([
    [{ ContainerName: 'images', BlobName: 'a b.png', ETag: 'x', FunctionId: 'f' }, 'blob'],
    [{ analysisId: 'a'.repeat(32) }, 'analysis'],
    [{ analysisId: 'b' }, undefined],
    ['text', undefined],
    [null, undefined],
  ])('%j is about %s', (message, kind) => {
    expect(readDeadLetter(message)?.kind).toBe(kind);
  });

  it('become records, also of uploads without one, and are signalled', async () => {
    const story = await openStory(storage, () => answerOf());
    await story.upload('never.png', PNG);
    const place = { container: story.parts.imagesContainer, name: 'never.png' };
    await recordDeadLetter({ kind: 'blob', place }, story.parts);
    const record = await newestOf(story);
    expect(record).toMatchObject({ status: 'failed', error: { code: 'internal' } });
    expect(story.signals).toContainEqual({
      event: 'analysis.deadlettered',
      facts: { analysisId: record.id, task: 'describe', name: 'never.png', code: 'internal' },
    });
    await recordDeadLetter({ kind: 'analysis', analysisId: record.id }, story.parts);
    await recordDeadLetter({ kind: 'analysis', analysisId: '0'.repeat(32) }, story.parts);
    await recordDeadLetter({ kind: 'blob', place: { ...place, name: 'gone.png' } }, story.parts);
    expect(story.signals).toHaveLength(1);
  });

  it('wake an open analysis three times, and then it fails', async () => {
    const story = await openStory(storage, () => answerOf());
    await story.upload('square.png', PNG);
    await queueBlobs({ isDryRun: false }, story.parts);
    await story.takeDue();
    const { id } = await newestOf(story);
    for (const waitMs of [30_000, 60_000, 120_000]) {
      await recordDeadLetter({ kind: 'analysis', analysisId: id }, story.parts);
      expect(await story.takeDue()).toEqual([]);
      expect(await story.parts.due.length()).toBeGreaterThan(0);
      story.pass(waitMs);
    }
    expect(story.signals.map(({ event }) => event)).toEqual(Array.from({ length: 3 }, () => 'sweep.recovered'));
    await recordDeadLetter({ kind: 'analysis', analysisId: id }, story.parts);
    expect(await newestOf(story)).toMatchObject({ status: 'failed', error: { code: 'internal' } });
  });

  it('do not end an analysis for calls of the timer, whose message was only late', async () => {
    const story = await openStory(storage, () => answerOf());
    await story.upload('square.png', PNG);
    await queueBlobs({ isDryRun: false }, story.parts);
    for (const calls of [1, 2, 3]) {
      story.pass(DAY_MS);
      expect(await recoverLost(story.parts)).toBe(1);
      expect(await newestOf(story)).toMatchObject({ resent: { count: calls, deadLetters: 0 } });
    }
    await story.takeDue();
    const { id } = await newestOf(story);
    await recordDeadLetter({ kind: 'analysis', analysisId: id }, story.parts);
    expect(await newestOf(story)).toMatchObject({ status: 'queued', resent: { deadLetters: 1 } });
    expect(await story.takeDue()).toEqual([]);
    story.pass(30_000);
    await resumeAnalysis(id, story.parts);
    expect(await newestOf(story)).toMatchObject({ status: 'succeeded' });
  });

  it('signal no recovery if another process was faster', async () => {
    const story = await openStory(storage, () => answerOf());
    await story.upload('square.png', PNG);
    await queueBlobs({ isDryRun: false }, story.parts);
    const { id } = await newestOf(story);
    const { analyses } = story.parts;
    // Somebody takes it up between the look at it and the note that it is called.
    const outrun: Story['parts']['analyses'] = {
      ...analyses,
      replace: async (stored, record) => {
        await analyses.replace(stored, { ...stored.record, takeovers: 1 });
        return analyses.replace(stored, record);
      },
    };
    await recordDeadLetter({ kind: 'analysis', analysisId: id }, { ...story.parts, analyses: outrun });
    expect(await newestOf(story)).toMatchObject({ status: 'queued', takeovers: 1 });
    expect(await newestOf(story)).not.toHaveProperty('resent');
    expect(story.signals).toEqual([]);
  });

  it('do not end an analysis whose workers were killed: it continues', async () => {
    const story = await openStory(storage, () => answerOf());
    await dropped(story);
    const { id } = await kill(story, { attempts: [] });
    const { container, name } = story.parts.results.placeOf(await newestOf(story));
    await storage.blobs().getContainerClient(container).deleteBlob(name);
    await recordDeadLetter({ kind: 'analysis', analysisId: id }, story.parts);
    await resumeAnalysis(id, story.parts);
    expect(await newestOf(story)).toMatchObject({ status: 'succeeded' });
  });

  it('do not wake an analysis after five requests without a result', async () => {
    const story = await openStory(storage, () => ambiguous());
    await dropped(story);
    const attempt = { deployment: 'a', region: 'b', status: null, outcome: 'ambiguous', ms: 0 } as const;
    const { id } = await kill(story, { attempts: Array.from({ length: 5 }, () => attempt) });
    await recordDeadLetter({ kind: 'analysis', analysisId: id }, story.parts);
    expect(await newestOf(story)).toMatchObject({ status: 'failed', error: { code: 'internal' } });
  });

  const lettersOf = (
    events: readonly { readonly subject: string; readonly data?: { readonly url: string } }[],
  ): string =>
    JSON.stringify(
      events.map((event) => ({
        ...event,
        eventType: 'Microsoft.Storage.BlobCreated',
        deadLetterReason: 'MaxDeliveryAttemptsExceeded',
      })),
    );

  const deadlettered = ({ signals }: Story) =>
    signals.filter(({ event }) => event === 'analysis.deadlettered').map(({ facts }) => facts);

  it('of Event Grid are analysed after all', async () => {
    const story = await openStory(storage, () => answerOf());
    await storage.container(DEAD_LETTERS_CONTAINER);
    await story.upload('late é.png', PNG);
    const subject = `/blobServices/default/containers/${story.parts.imagesContainer}/blobs/late é.png`;
    const letters = storage.blobs().getContainerClient(DEAD_LETTERS_CONTAINER);
    const file = lettersOf([{ subject }, { subject: '/other' }]);
    await letters.getBlockBlobClient('topic/2026/11/23/12/a.json').uploadData(Buffer.from(file));
    await letters.getBlockBlobClient('topic/2026/11/23/12/b.json').uploadData(Buffer.from('no JSON'));
    // One file a page: a long list is gone through from run to run.
    const images = { ...story.parts.images };
    const short = { ...story.parts, images };
    images.list = (query) => story.parts.images.list({ ...query, limit: 1 });
    expect([await recoverUndeliveredEvents(short), await recoverUndeliveredEvents(short)]).toEqual([1, 0]);
    expect(await recoverUndeliveredEvents(story.parts)).toBe(0);
    for (const id of await story.takeDue()) await resumeAnalysis(id, story.parts);
    expect(await newestOf(story)).toMatchObject({ status: 'succeeded', source: { name: 'late é.png' } });
    story.pass(660_000);
    expect(await recoverUndeliveredEvents(story.parts)).toBe(0);
    // Rounds overlap: the file that cannot be read is named once or twice.
    const reasons = new Map(deadlettered(story).map(({ name, reason }) => [name, reason]));
    expect(Object.fromEntries(reasons)).toEqual({
      'late é.png': 'MaxDeliveryAttemptsExceeded',
      'topic/2026/11/23/12/b.json': 'it is not a JSON list of events',
    });
    expect(deadlettered(story).filter(({ name }) => name === 'late é.png')).toHaveLength(1);
  });

  it('of Event Grid without a reason, or beside one that is no event, are analysed all the same', async () => {
    const story = await openStory(storage, () => answerOf());
    await storage.container(DEAD_LETTERS_CONTAINER);
    await story.upload('cat.png', PNG);
    const subject = `/blobServices/default/containers/${story.parts.imagesContainer}/blobs/cat.png`;
    const event = { subject, eventType: 'Microsoft.Storage.BlobCreated', deadLetterReason: null };
    const name = `${story.parts.imagesContainer}.odd.json`;
    const letters = storage.blobs().getContainerClient(DEAD_LETTERS_CONTAINER);
    await letters.getBlockBlobClient(name).uploadData(Buffer.from(JSON.stringify([5, event])));
    expect(await recoverUndeliveredEvents(story.parts)).toBe(1);
    expect(deadlettered(story)).toEqual(
      expect.arrayContaining([
        { name, reason: 'it holds an event that cannot be read' },
        { name: 'cat.png', reason: null },
      ]),
    );
  });

  it('of Event Grid do not block each other, whatever their names; a bad one is signalled', async () => {
    const story = await openStory(storage, () => answerOf());
    await storage.container(DEAD_LETTERS_CONTAINER);
    const { imagesContainer } = story.parts;
    await story.upload('cat😺.png', PNG);
    await story.upload('dog.png', PNG);
    const subject = `/blobServices/default/containers/${imagesContainer}/blobs/`;
    const url = `https://account.blob.core.windows.net/${imagesContainer}/cat%F0%9F%98%BA.png`;
    const file = lettersOf([
      { subject: `${subject}odd\ud83d.png` },
      { subject: `${subject}cat\ud83d.png`, data: { url } },
      { subject: `${subject}dog.png` },
    ]);
    const letters = storage.blobs().getContainerClient(DEAD_LETTERS_CONTAINER);
    await letters.getBlockBlobClient(`${imagesContainer}.json`).uploadData(Buffer.from(file));
    expect(await recoverUndeliveredEvents(story.parts)).toBe(2);
    const told = deadlettered(story).filter(({ name }) => !String(name).endsWith('.json'));
    const reason = 'MaxDeliveryAttemptsExceeded';
    expect(told).toEqual([
      { name: 'odd\ud83d.png', reason: "its blob's name holds half of a character" },
      { name: 'cat😺.png', reason },
      { name: 'dog.png', reason },
    ]);
  });
});

describe('a budget', () => {
  /** A story whose day has so much to spend, and has spent a part of it; `raised` is the same with more to spend. */
  async function budgetedStory(
    dayMicroUsd: number,
    spentMicroUsd = 0,
  ): Promise<Story & { readonly raised: (dayMicroUsd: number) => Story }> {
    const story = await openStory(storage, () => answerOf());
    const { now, sleep } = story.parts;
    // The next noon, so that no day ends meanwhile.
    story.pass(DAY_MS - ((now() + DAY_MS / 2) % DAY_MS));
    const table = await storage.table();
    const raised = (day: number): Story => ({
      ...story,
      parts: {
        ...story.parts,
        budget: createTableBudget({ signal: () => undefined, table, limits: { day }, now, sleep, random: () => 0 }),
      },
    });
    const budgeted = raised(dayMicroUsd);
    const spent = await budgeted.parts.budget.reserve({ analysisId: 'before', attempt: 0, microUsd: spentMicroUsd });
    if (spent.kind === 'reserved') await budgeted.parts.budget.settle(spent.reservation, spentMicroUsd);
    return { ...budgeted, raised };
  }

  const callOf = { request: { ...REQUEST, task: 'describe', quality: 'balanced' } as const, waitMs: 1_000 };

  it('lets dropped files wait for its reset, and tells callers that time', async () => {
    const story = await budgetedStory(60_000, 50_000);
    await dropped(story);
    const record = await newestOf(story);
    expect(record).toMatchObject({ status: 'waiting', waitingFor: 'budget', attempts: [] });
    expect(new Date(startOf(record) ?? 0).toISOString()).toMatch(/T00:00:00\.000Z$/);
    const call = { ...callOf, image: { kind: 'bytes', bytes: PNG }, isAsync: false } as const;
    const told = await analyzeNow(call, story.parts).catch((error: unknown) => error);
    expect(told).toMatchObject({ code: 'budget-reached', status: 402 });
    expect(told).toHaveProperty('retryAfterMs', expect.closeTo(DAY_MS / 2, -5));
    expect(story.signals.map(({ event }) => event)).toEqual(['budget.reached']);
    expect(story.asked).toEqual([]);
  });

  it('wakes the work that waits for it within a minute of being raised, and no other', async () => {
    const story = await budgetedStory(60_000, 50_000);
    await dropped(story);
    await watchBacklog(story.parts);
    expect(await newestOf(story)).toMatchObject({ status: 'waiting', waitingFor: 'budget' });
    expect(await story.takeDue()).toEqual([]);
    const richer = story.raised(600_000);
    await watchBacklog(richer.parts);
    const [id] = await richer.takeDue();
    await resumeAnalysis(id ?? '', richer.parts);
    expect(await newestOf(story)).toMatchObject({ id, status: 'succeeded' });
  });

  it('that no call fits at all fails the file, and says what to do', async () => {
    const story = await budgetedStory(10_000);
    await dropped(story);
    const sentence =
      /^This call can cost up to \$0\.0\d+, more than the whole daily budget of \$0\.01\. Raise the budget, then retry\.$/;
    const error = { code: 'budget-reached', detail: expect.stringMatching(sentence) };
    expect(await newestOf(story)).toMatchObject({ status: 'failed', error, attempts: [] });
    expect(story.signals.map(({ event }) => event)).toEqual(['analysis.failed']);
    const call = { ...callOf, image: { kind: 'bytes', bytes: PNG }, isAsync: false } as const;
    const told = await analyzeNow(call, story.parts).catch((error: unknown) => error);
    expect(told).toMatchObject({ ...error, status: 402 });
    expect(told).not.toHaveProperty('retryAfterMs');
    expect(await story.parts.budget.view()).toMatchObject({ day: { spentMicroUsd: 0, reservedMicroUsd: 0 } });
  });

  it('counts what calls have cost, nothing more, once they are over', async () => {
    const story = await budgetedStory(1_000_000);
    await dropped(story);
    const { costMicroUsd } = await newestOf(story);
    expect(await story.parts.budget.view()).toMatchObject({
      day: { spentMicroUsd: costMicroUsd, reservedMicroUsd: 0 },
    });
  });

  it('gets back what a holder that died had set aside, and keeps what may have been billed', async () => {
    const story = await budgetedStory(1_000_000);
    await dropped(story);
    const sending = { deployment: 'a', region: 'b', status: null, outcome: 'sending', ms: 0 } as const;
    const { id } = await kill(story, { attempts: [sending] });
    const before = (await story.parts.budget.view()).day?.spentMicroUsd ?? 0;
    await story.parts.budget.reserve({ analysisId: id, attempt: 0, microUsd: 500 });
    await story.parts.budget.reserve({ analysisId: id, attempt: 1, microUsd: 70_000 });
    expect(await reconcileBudget(story.parts)).toBe(0);
    story.pass(600_001);
    expect(await reconcileBudget(story.parts)).toBe(2);
    expect(await story.parts.budget.view()).toMatchObject({
      day: { spentMicroUsd: before + 500, reservedMicroUsd: 0 },
    });
    expect(story.signals).toContainEqual({ event: 'sweep.recovered', facts: { reservations: 2 } });
  });
});
