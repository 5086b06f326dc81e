import { describe, expect, it } from 'vitest';
import { analyzeNow } from '../../shared/pipeline/analyzeNow.ts';
import { analyzeUpload } from '../../shared/pipeline/analyzeUpload.ts';
import { resumeAnalysis } from '../../shared/pipeline/resumeAnalysis.ts';
import { findEarlierAnswer } from '../../shared/results/earlierAnswer.ts';
import { drawMarkedAs } from '../image/drawnImages.ts';
import { queuedRecord, REQUEST } from '../support/sampleRecords.ts';
import { useStorage } from '../support/storage.ts';
import { answerOf, drop, newestOf, openStory, type Story } from '../support/story.ts';

const storage = useStorage();
const PNG = await drawMarkedAs('png');

const unread = () => Promise.reject(new Error('The bytes were read.'));

const dropped = (story: Story, name = 'square.png', bytes = PNG): Promise<void> => drop(story, name, bytes);

describe('the same content', () => {
  async function rewritten(story: Story, name: string, metadata: Record<string, string>): Promise<void> {
    const blob = storage.blobs().getContainerClient(story.parts.imagesContainer).getBlobClient(name);
    await blob.setMetadata(metadata);
    await analyzeUpload({ container: story.parts.imagesContainer, name }, story.parts);
  }

  it('keeps its result when only metadata were set, and costs nothing', async () => {
    const story = await openStory(storage, () => answerOf());
    await dropped(story);
    const first = await newestOf(story);
    await rewritten(story, 'square.png', { owner: 'somebody' });
    const second = await newestOf(story);
    expect(second).toMatchObject({ status: 'succeeded', costMicroUsd: 0, answerOf: first.id, attempts: [] });
    expect(second.warnings.map(({ code }) => code)).toEqual(['answer-reused']);
    expect((await story.parts.results.find(second))?.answer).toMatchObject({ title: 'A teal square' });
    expect(story.asked).toHaveLength(1);
  });

  it('gets a new model call when its metadata request something else', async () => {
    const story = await openStory(storage, () => answerOf());
    await dropped(story);
    await rewritten(story, 'square.png', { task: 'insights' });
    expect(story.asked.length).toBeGreaterThan(1);
  });

  it('under another name gets its own model call, unless the installation reuses answers', async () => {
    const story = await openStory(storage, () => answerOf());
    const reusing = { ...story, parts: { ...story.parts, isReusing: true } };
    await dropped(story);
    await dropped(story, 'other.png');
    expect(story.asked).toHaveLength(2);
    await dropped(reusing, 'third.png');
    expect(await newestOf(story)).toMatchObject({ status: 'succeeded', costMicroUsd: 0, attempts: [] });
    await dropped(reusing, 'different.png', await drawMarkedAs('jpeg'));
    expect(story.asked).toHaveLength(3);
  });
});

describe('findEarlierAnswer', () => {
  it('reads no bytes where there is nothing to compare', async () => {
    const { parts } = await openStory(storage, () => answerOf());
    const look = {
      image: { totalBytes: PNG.length, digest: unread },
      record: queuedRecord('a.png'),
      warn: () => undefined,
    };
    expect(await findEarlierAnswer(look, parts)).toBeUndefined();
    expect(await findEarlierAnswer({ ...look, mark: { analysisid: 'other' } }, parts)).toBeUndefined();
    await expect(findEarlierAnswer(look, { ...parts, isReusing: true })).rejects.toThrow('The bytes were read.');
  });

  it('keeps what the earlier answer warns of, and says once that it is an earlier one', async () => {
    const story = await openStory(storage, () => answerOf());
    const reusing = { ...story, parts: { ...story.parts, isReusing: true } };
    await dropped(story);
    const first = await newestOf(story);
    if (first.status !== 'succeeded') throw new Error('There is no answer.');
    const warned = { ...first, warnings: [...first.warnings, { code: 'answer-cut', detail: 'It was cut.' }] } as const;
    const result = await story.parts.results.find(first);
    if (!result) throw new Error('There is no result.');
    await story.parts.results.keep(warned, result, async () => true);
    await dropped(reusing, 'second.png');
    await dropped(reusing, 'third.png');
    const codes = ['answer-cut', 'answer-reused'];
    expect((await newestOf(story)).warnings.map(({ code }) => code)).toEqual(codes);
  });
});

describe('reuse', () => {
  const request = { ...REQUEST, task: 'describe', quality: 'balanced' } as const;
  const call = { image: { kind: 'bytes', bytes: PNG }, request, waitMs: 5_000, isAsync: false } as const;

  it("of a request decides about an earlier answer, whatever the installation's setting", async () => {
    const story = await openStory(storage, () => answerOf());
    const paid = await analyzeNow(call, story.parts);
    const again = await analyzeNow({ ...call, request: { ...request, reuse: true } }, story.parts);
    expect(again).toMatchObject({
      kind: 'done',
      record: { costMicroUsd: 0, attempts: [], answerOf: paid.record.id, warnings: [{ code: 'answer-reused' }] },
      result: { answer: { title: 'A teal square' } },
    });
    const reusing = { ...story.parts, isReusing: true };
    await analyzeNow({ ...call, request: { ...request, reuse: false } }, reusing);
    expect(story.asked).toHaveLength(2);
  });

  it('of a waiting request stays until it is woken', async () => {
    const story = await openStory(storage, () => answerOf());
    await analyzeNow(call, story.parts);
    const asked = { ...call, request: { ...request, reuse: true }, isAsync: true };
    const { record } = await analyzeNow(asked, story.parts);
    await resumeAnalysis(record.id, story.parts);
    expect(await newestOf(story)).toMatchObject({ id: record.id, status: 'succeeded', costMicroUsd: 0 });
    expect(story.asked).toHaveLength(1);
  });

  it('of a file is set in its metadata', async () => {
    const story = await openStory(storage, () => answerOf());
    await dropped(story);
    const images = storage.blobs().getContainerClient(story.parts.imagesContainer);
    await images.getBlockBlobClient('copy.png').uploadData(PNG, { metadata: { reuse: 'true' } });
    await analyzeUpload({ container: story.parts.imagesContainer, name: 'copy.png' }, story.parts);
    expect(await newestOf(story)).toMatchObject({ status: 'succeeded', costMicroUsd: 0 });
    await images.getBlockBlobClient('wrong.png').uploadData(PNG, { metadata: { reuse: 'perhaps' } });
    await analyzeUpload({ container: story.parts.imagesContainer, name: 'wrong.png' }, story.parts);
    expect(await newestOf(story)).toMatchObject({ status: 'rejected', error: { code: 'invalid-request' } });
    expect(story.asked).toHaveLength(1);
  });
});
