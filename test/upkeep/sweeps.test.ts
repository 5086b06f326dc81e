import { describe, expect, it } from 'vitest';
import { analyzeNow } from '../../shared/pipeline/analyzeNow.ts';
import { analyzeUpload } from '../../shared/pipeline/analyzeUpload.ts';
import { type QueueCall, queueBlobs } from '../../shared/pipeline/queueBlobs.ts';
import { resumeAnalysis } from '../../shared/pipeline/resumeAnalysis.ts';
import { sourceName } from '../../shared/records/analysisSource.ts';
import { resolveRequest } from '../../shared/requests/resolveRequest.ts';
import { recoverLost } from '../../shared/upkeep/recoverLost.ts';
import { sweepMissed } from '../../shared/upkeep/sweepMissed.ts';
import { drawMarkedAs } from '../image/drawnImages.ts';
import { useStorage } from '../support/storage.ts';
import { answerOf, openStory, type Story } from '../support/story.ts';

const storage = useStorage();
const PNG = await drawMarkedAs('png');
const MINUTE_MS = 60_000;

async function storyWith(names: readonly string[]): Promise<Story> {
  const story = await openStory(storage, () => answerOf());
  for (const name of names) await story.upload(name, PNG);
  return story;
}

const asked = (overrides: Partial<QueueCall> = {}): QueueCall => ({ isDryRun: false, ...overrides });

/** Does what the queue's function does, until there is no message. */
async function runDue(story: Story): Promise<void> {
  for (let ids = await story.takeDue(); ids.length > 0; ids = await story.takeDue()) {
    for (const id of ids) await resumeAnalysis(id, story.parts);
  }
}

async function statesOf({ parts }: Story): Promise<readonly string[]> {
  const { records } = await parts.analyses.list({ limit: 100 });
  return records.map(({ source, request, status }) => `${sourceName(source)} ${request.task} ${status}`).sort();
}

describe('queueBlobs', () => {
  it('queues every file without an analysis of its current version, and no other', async () => {
    const story = await storyWith(['a/1.png', 'a/2.png', 'b/3.png']);
    await analyzeUpload({ container: story.parts.imagesContainer, name: 'a/1.png' }, story.parts);
    expect(await queueBlobs(asked({ prefix: 'a/', isDryRun: true }), story.parts)).toEqual({ matched: 1, queued: 0 });
    expect(await queueBlobs(asked(), story.parts)).toEqual({ matched: 2, queued: 2 });
    expect(await queueBlobs(asked(), story.parts)).toEqual({ matched: 0, queued: 0 });
    await runDue(story);
    expect(await statesOf(story)).toEqual([
      'a/1.png describe succeeded',
      'a/2.png describe succeeded',
      'b/3.png describe succeeded',
    ]);
    expect(story.asked).toHaveLength(3);
  });

  it('queues files with an answer for another task', async () => {
    const story = await storyWith(['a.png']);
    await analyzeUpload({ container: story.parts.imagesContainer, name: 'a.png' }, story.parts);
    expect(await queueBlobs(asked({ task: 'insights' }), story.parts)).toEqual({ matched: 1, queued: 1 });
    expect(await statesOf(story)).toEqual(['a.png describe succeeded', 'a.png insights queued']);
  });

  it("queues a file with wrong metadata for the caller's request, and refuses it once", async () => {
    const story = await openStory(storage, () => answerOf());
    const images = storage.blobs().getContainerClient(story.parts.imagesContainer);
    await images.getBlockBlobClient('a.png').uploadData(PNG, { metadata: { task: 'colour' } });
    const place = { container: story.parts.imagesContainer, name: 'a.png' };
    for (const _ of [1, 2]) await analyzeUpload(place, story.parts);
    expect(await statesOf(story)).toEqual(['a.png describe rejected']);
    const request = resolveRequest({}, story.parts.defaults);
    const call = { image: { kind: 'blob', name: 'a.png' }, request, waitMs: 20_000, isAsync: false } as const;
    expect(await analyzeNow(call, story.parts)).toMatchObject({ kind: 'done', record: { status: 'succeeded' } });
    expect(await queueBlobs(asked({ task: 'describe' }), story.parts)).toEqual({ matched: 0, queued: 0 });
    expect(await queueBlobs(asked({ task: 'insights' }), story.parts)).toEqual({ matched: 1, queued: 1 });
    for (const _ of [1, 2]) await queueBlobs(asked({ task: 'ask' }), story.parts);
    await queueBlobs(asked(), story.parts);
    expect(await statesOf(story)).toEqual([
      'a.png describe rejected',
      'a.png describe rejected',
      'a.png describe succeeded',
      'a.png insights queued',
    ]);
    expect(story.asked).toHaveLength(1);
  });

  it('continues where an earlier call ended, and reads one page at a time', async () => {
    const story = await storyWith(['1.png', '2.png', '3.png']);
    const short = {
      ...story.parts,
      images: {
        ...story.parts.images,
        list: (query: Parameters<typeof story.parts.images.list>[0]) => story.parts.images.list({ ...query, limit: 2 }),
      },
    };
    let calls = 0;
    // The clock makes every call end after its first page.
    const hurried = { ...short, now: () => story.parts.now() + calls++ * 61_000 };
    const first = await queueBlobs(asked(), hurried);
    // A page may hold fewer than asked for, even none.
    expect(first.queued).toBeLessThanOrEqual(2);
    expect(first.continuation).toBeDefined();
    const rest = await queueBlobs(asked({ continuation: first.continuation ?? '' }), short);
    expect(rest).toEqual({ matched: 3 - first.matched, queued: 3 - first.queued });
  });
});

describe('sweepMissed', () => {
  it('queues files without an event since the installation started, and counts them', async () => {
    const story = await storyWith([]);
    expect(await sweepMissed(story.parts)).toBe(0);
    await story.upload('missed.png', PNG);
    await story.upload('seen.png', PNG);
    await analyzeUpload({ container: story.parts.imagesContainer, name: 'seen.png' }, story.parts);
    expect(await sweepMissed(story.parts)).toBe(0);
    story.pass(16 * MINUTE_MS);
    expect(await sweepMissed(story.parts)).toBe(1);
    expect(story.signals).toContainEqual({ event: 'sweep.recovered', facts: { missedEvents: 1 } });
    await runDue(story);
    story.pass(16 * MINUTE_MS);
    expect(await sweepMissed(story.parts)).toBe(0);
    expect(story.asked).toHaveLength(2);
  });

  it('ignores files that are older than the installation', async () => {
    const story = await storyWith(['old.png']);
    const later = { ...story.parts, now: () => story.parts.now() + 3_600_000 };
    await sweepMissed(later);
    story.pass(20 * MINUTE_MS);
    expect(await sweepMissed(later)).toBe(0);
  });

  it('continues its round after a kill', async () => {
    const story = await storyWith([]);
    await sweepMissed(story.parts);
    for (let place = 0; place < 12; place++) await story.upload(`${place}.png`, PNG);
    story.pass(16 * MINUTE_MS);
    // Ten listings make a page at most.
    const images = {
      ...story.parts.images,
      list: (query: Parameters<typeof story.parts.images.list>[0]) => story.parts.images.list({ ...query, limit: 1 }),
    };
    expect(await sweepMissed({ ...story.parts, images })).toBe(10);
    const killed = { ...story.parts.progress, write: () => Promise.reject(new Error('killed')) };
    await expect(sweepMissed({ ...story.parts, images, progress: killed })).rejects.toThrow('killed');
    await sweepMissed({ ...story.parts, images });
    expect((await statesOf(story)).length).toBe(12);
  });
});

describe('recoverLost', () => {
  it('waits longer for a message that it has sent again: it may be behind many others', async () => {
    const story = await storyWith(['a.png']);
    await queueBlobs(asked(), story.parts);
    story.pass(MINUTE_MS + 1_000);
    expect(await recoverLost(story.parts)).toBe(1);
    story.pass(MINUTE_MS + 1_000);
    expect(await recoverLost(story.parts)).toBe(0);
    story.pass(MINUTE_MS);
    expect(await recoverLost(story.parts)).toBe(1);
    await runDue(story);
    expect(story.asked).toHaveLength(1);
  });

  it('records no wake when no message was sent', async () => {
    const story = await storyWith(['a.png']);
    await queueBlobs(asked(), story.parts);
    await story.takeDue();
    story.pass(MINUTE_MS + 1_000);
    const send = (): Promise<never> => Promise.reject(new Error('killed'));
    await expect(recoverLost({ ...story.parts, due: { ...story.parts.due, send } })).rejects.toThrow('killed');
    expect(await recoverLost(story.parts)).toBe(1);
    await runDue(story);
    expect(await statesOf(story)).toEqual(['a.png describe succeeded']);
  });

  it('recovers the work of a crashed worker, and nothing that may be behind thousands of messages', async () => {
    const story = await storyWith(['a.png', 'b.png']);
    await queueBlobs(asked(), story.parts);
    const [record] = (await story.parts.analyses.list({ limit: 1 })).records;
    const stored = await story.parts.analyses.find(record?.id ?? '');
    if (!stored) throw new Error('There is no record.');
    const lease = { holder: 'gone', untilMs: 1 };
    await story.parts.analyses.replace(stored, { ...stored.record, status: 'running', lease });
    const crowded = { ...story.parts, due: { ...story.parts.due, length: async () => 40_000 } };
    story.pass(20 * MINUTE_MS);
    expect(await recoverLost(crowded)).toBe(1);
    story.pass(20 * MINUTE_MS);
    expect(await recoverLost(crowded)).toBe(1);
  });
});
