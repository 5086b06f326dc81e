import { beforeAll, describe, expect, it } from 'vitest';
import { ImageUnreachable } from '../../shared/http/fetch/imageHost.ts';
import { problemOf } from '../../shared/http/problem.ts';
import { analyzeNow } from '../../shared/pipeline/analyzeNow.ts';
import type { NowCall } from '../../shared/pipeline/nowCall.ts';
import { resumeAnalysis } from '../../shared/pipeline/resumeAnalysis.ts';
import { createIdempotencyKeys, KEY_LIFETIME_MS } from '../../shared/records/idempotencyKeys.ts';
import { INBOX_CONTAINER } from '../../shared/storage/imageStore.ts';
import { throttled } from '../pool/deployments.ts';
import { REQUEST } from '../support/sampleRecords.ts';
import { useStorage } from '../support/storage.ts';
import { answerOf, newestOf, openStory, type Story } from '../support/story.ts';
import { plainPng } from '../support/testCloud.ts';

const storage = useStorage();
let png: Buffer;
beforeAll(async () => {
  png = await plainPng(40, 30);
});

const call = (idempotencyKey: string, more: Partial<NowCall> = {}): NowCall => ({
  image: { kind: 'bytes', bytes: png },
  request: { ...REQUEST, task: 'describe' },
  waitMs: 50_000,
  isAsync: false,
  idempotencyKey,
  ...more,
});

describe('createIdempotencyKeys', () => {
  it('binds a key once, to one of all who try, for a day', async () => {
    await storage.container(INBOX_CONTAINER);
    const keys = createIdempotencyKeys({ blobs: storage.blobs() });
    const wanted = (analysisId: string, boundAtMs: number) => ({
      analysisId,
      requestId: analysisId,
      fingerprint: 'f',
      imagePrint: 'i',
      boundAtMs,
    });
    const held = await Promise.all(Array.from({ length: 8 }, (_, place) => keys.bind('race', wanted(`${place}`, 0))));
    const ids = new Set(held.map(({ analysisId }) => analysisId));
    expect(ids.size).toBe(1);
    expect(ids).toContain((await keys.bind('race', wanted('late', KEY_LIFETIME_MS - 1))).analysisId);
    expect((await keys.bind('race', wanted('next day', KEY_LIFETIME_MS))).analysisId).toBe('next day');
  });
});

describe('analyzeNow with a key', () => {
  it('returns the same analysis, with one model call', async () => {
    const { parts, asked } = await openStory(storage, () => answerOf());
    const first = await analyzeNow(call('once'), parts);
    const again = await analyzeNow(call('once'), parts);
    expect(first).toMatchObject({ kind: 'done', record: { status: 'succeeded' } });
    expect(again).toEqual(first);
    expect(asked).toHaveLength(1);
  });

  it('lets calls that come at the same moment wait for one of them', async () => {
    const { parts, asked } = await openStory(storage, async () => {
      await parts.sleep(300);
      return answerOf();
    });
    const ends = await Promise.all(Array.from({ length: 5 }, () => analyzeNow(call('together'), parts)));
    expect(new Set(ends.map(({ record }) => record.id)).size).toBe(1);
    expect(ends.map(({ kind }) => kind)).toEqual(Array(5).fill('done'));
    expect(asked).toHaveLength(1);
  });

  it.each([
    ['another request', { request: { ...REQUEST, task: 'text' as const } }, 'for another request about the same image'],
    ['another image', { image: { kind: 'bytes' as const, bytes: Buffer.from('other') } }, 'for another image,'],
    [
      'an image named in another way',
      { image: { kind: 'url' as const, url: 'https://example.com/a.png' } },
      'for another image,',
    ],
  ])('refuses %s', async (name, other, differs) => {
    const { parts, asked } = await openStory(storage, () => answerOf());
    await analyzeNow(call(name), parts);
    await expect(analyzeNow(call(name, other), parts)).rejects.toMatchObject({
      code: 'conflict',
      detail: expect.stringContaining(differs),
    });
    expect(asked).toHaveLength(1);
  });

  it('returns the end of an analysis again', async () => {
    const filtered = { kind: 'filtered', on: 'image', category: 'violence', usage: null, hints: {} } as const;
    const { parts, asked } = await openStory(storage, () => filtered);
    for (const _ of [1, 2]) {
      const problem = await analyzeNow(call('filtered'), parts).catch(problemOf);
      expect(problem).toMatchObject({ status: 422, code: 'content-filtered', category: 'violence' });
    }
    expect(asked).toHaveLength(1);
  });

  it('starts again after a call that was refused before anything was sent', async () => {
    const { parts, asked } = await openStory(storage, () => answerOf());
    const bad = call('refused', { image: { kind: 'bytes', bytes: Buffer.from('no picture') } });
    for (const _ of [1, 2]) await expect(analyzeNow(bad, parts)).rejects.toMatchObject({ code: 'not-an-image' });
    expect(asked).toHaveLength(0);
  });

  it('gives an address at once, and the same one again', async () => {
    const { parts, takeDue } = await openStory(storage, () => answerOf());
    const first = await analyzeNow(call('later', { isAsync: true }), parts);
    const again = await analyzeNow(call('later', { isAsync: true }), parts);
    expect([first.kind, again.kind]).toEqual(['accepted', 'accepted']);
    expect(again.record.id).toBe(first.record.id);
    expect(await takeDue()).toEqual([first.record.id]);
  });

  it('means the version of a blob that it meant first', async () => {
    const { parts, upload, asked } = await openStory(storage, () => answerOf());
    await upload('keyed.png', png);
    const keyed = call('blob', { image: { kind: 'blob', name: 'keyed.png' } });
    const first = await analyzeNow(keyed, parts);
    await upload('keyed.png', await plainPng(41, 31));
    expect((await analyzeNow(keyed, parts)).record.id).toBe(first.record.id);
    expect(asked).toHaveLength(1);
  });

  describe('whose worker was killed during the model call', () => {
    /** A call that never ends, and the parts of those who come after it. */
    async function killed(key: string, more: Partial<NowCall> = {}): Promise<Story> {
      const story = await openStory(storage, (asked) => (asked === 1 ? new Promise(() => undefined) : answerOf()));
      const silent = { ...story.parts, repeat: () => () => undefined, sleep: () => new Promise<void>(() => undefined) };
      void analyzeNow(call(key, more), silent);
      await expect.poll(() => story.asked.length).toBe(1);
      return story;
    }

    it('continues with the bytes of the repeated call, whether its lease has ended or its bytes were missing', async () => {
      const story = await killed('killed');
      const { id } = await newestOf(story);
      story.pass(31_000);
      await resumeAnalysis(id, story.parts);
      expect(await newestOf(story)).toMatchObject({ status: 'rejected', error: { code: 'bytes-gone' } });
      const again = await analyzeNow(call('killed'), story.parts);
      expect(again).toMatchObject({ kind: 'done', record: { id, status: 'succeeded' }, result: {} });
      expect(again.record.attempts.map(({ outcome }) => outcome)).toEqual(['ambiguous', 'answered']);
      expect(story.asked).toHaveLength(2);
      await expect.poll(() => story.parts.images.isInInbox(id)).toBe(false);
    });

    it('waits in the queue for a caller who does not, with the bytes that the second call brought', async () => {
      const story = await killed('killed later');
      const { id } = await newestOf(story);
      story.pass(31_000);
      await resumeAnalysis(id, story.parts);
      const again = await analyzeNow(call('killed later', { isAsync: true }), story.parts);
      expect(again).toMatchObject({ kind: 'accepted', record: { id, status: 'queued' } });
      expect(await story.takeDue()).toContain(id);
      await resumeAnalysis(id, story.parts);
      expect(await newestOf(story)).toMatchObject({ id, status: 'succeeded' });
    });

    it('keeps its promise to a second caller that came during the lease', async () => {
      const story = await killed('held');
      const { id } = await newestOf(story);
      for (const more of [{ waitMs: 200 }, { isAsync: true }]) {
        expect(await analyzeNow(call('held', more), story.parts)).toMatchObject({ kind: 'accepted', record: { id } });
      }
      story.pass(31_000);
      await resumeAnalysis(id, story.parts);
      expect(await newestOf(story)).toMatchObject({ id, status: 'succeeded' });
    });
  });

  describe('that finds no quota in time', () => {
    /** Every deployment says that it is full, once the test lets it. */
    async function throttledStory(): Promise<Story & { readonly letGo: () => void }> {
      const gate = Promise.withResolvers<void>();
      const story = await openStory(storage, async () => {
        await gate.promise;
        return throttled({ waitMs: 60_000 });
      });
      return { ...story, letGo: gate.resolve };
    }

    it('gets a retry delay, and nothing is stored', async () => {
      const story = await throttledStory();
      story.letGo();
      await expect(analyzeNow(call('full'), story.parts)).rejects.toMatchObject({ code: 'no-slot-in-time' });
      expect((await story.parts.analyses.list({ limit: 5 })).records).toEqual([]);
    });

    it('continues when another call with the key was accepted meanwhile', async () => {
      const story = await throttledStory();
      const first = analyzeNow(call('told'), story.parts);
      await expect.poll(() => story.asked.length).toBe(1);
      const second = await analyzeNow(call('told', { isAsync: true }), story.parts);
      expect(second).toMatchObject({ kind: 'accepted', record: { status: 'running' } });
      story.letGo();
      const { id } = second.record;
      expect(await first).toMatchObject({ kind: 'accepted', record: { id, status: 'waiting', waitingFor: 'quota' } });
      expect(await newestOf(story)).toMatchObject({ id, status: 'waiting' });
      expect(await story.parts.images.readInbox(id)).toEqual(png);
    });

    it('is started again by a call that comes just as the record is deleted', async () => {
      const story = await throttledStory();
      const first = analyzeNow(call('back'), story.parts);
      await expect.poll(() => story.asked.length).toBe(1);
      const images = { ...story.parts.images };
      // The first call ends while the second one brings its bytes, and looks for them before they are there.
      images.keepInbox = async (...kept) => {
        story.letGo();
        await expect(first).rejects.toMatchObject({ code: 'no-slot-in-time' });
        await story.parts.images.keepInbox(...kept);
      };
      const second = await analyzeNow(call('back', { isAsync: true }), { ...story.parts, images });
      expect(second).toMatchObject({ kind: 'accepted', record: { status: 'queued' } });
      expect(await newestOf(story)).toMatchObject({ id: second.record.id, status: 'queued' });
      expect(await story.parts.images.readInbox(second.record.id)).toEqual(png);
    });
  });

  it('fetches a URL once', async () => {
    const story = await openStory(storage, () => answerOf());
    let fetched = 0;
    const parts = {
      ...story.parts,
      fetchImage: async () => {
        fetched += 1;
        return png;
      },
    };
    const keyed = call('url', { image: { kind: 'url', url: 'https://example.com/a.png' } });
    const first = await analyzeNow(keyed, parts);
    expect((await analyzeNow(keyed, parts)).record.id).toBe(first.record.id);
    expect(fetched).toBe(1);
  });

  it('fetches a URL again whose host could not be reached at first', async () => {
    const story = await openStory(storage, () => answerOf());
    let fetched = 0;
    const parts = {
      ...story.parts,
      fetchImage: async () => {
        fetched += 1;
        if (fetched === 1) throw new ImageUnreachable('The host is busy.', { retryAfterMs: 1_000 });
        return png;
      },
    };
    const keyed = call('busy', { image: { kind: 'url', url: 'https://example.com/busy.png' } });
    await expect(analyzeNow(keyed, parts)).rejects.toMatchObject({ code: 'image-unreachable', status: 502 });
    expect(await analyzeNow(keyed, parts)).toMatchObject({ kind: 'done', record: { status: 'succeeded' } });
    expect(fetched).toBe(2);
  });
});
