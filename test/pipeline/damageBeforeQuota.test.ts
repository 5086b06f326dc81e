import { describe, expect, it } from 'vitest';
import { resumeAnalysis } from '../../shared/pipeline/resumeAnalysis.ts';
import { drawNoise } from '../image/drawnImages.ts';
import { useStorage } from '../support/storage.ts';
import { answerOf, drop, newestOf, openStory, type Story } from '../support/story.ts';

const storage = useStorage();
const PHOTO = await drawNoise({ width: 160, height: 120 }).jpeg().toBuffer();
/** Its header is whole, and a tenth of its pixels. */
const DAMAGED = PHOTO.subarray(0, Math.floor(PHOTO.length / 8));

/** A pool that has no room within an hour. */
function withFullPool(story: Story): { readonly story: Story; readonly left: string[] } {
  const left: string[] = [];
  const ledger = {
    ...story.parts.ledger,
    book: async () => ({ kind: 'later' as const, expectedStartMs: story.parts.now() + 3_600_000 }),
    leave: async (model: string, id: string) => {
      left.push(`${model} ${id}`);
    },
  };
  return { story: { ...story, parts: { ...story.parts, ledger } }, left };
}

describe('analyzeImage, while the pool is full', () => {
  it('rejects damaged pixels at once, and releases their queue position', async () => {
    const { story, left } = withFullPool(await openStory(storage, () => answerOf()));
    await drop(story, 'damaged.jpg', DAMAGED);
    const record = await newestOf(story);
    expect(record).toMatchObject({ status: 'rejected', error: { code: 'broken-image' }, attempts: [] });
    expect(left).toEqual([`gpt-4@vision-preview ${record.id}`]);
  });

  it('lets a sound image wait, and does not decode it again before its start', async () => {
    const { story, left } = withFullPool(await openStory(storage, () => answerOf()));
    await drop(story, 'sound.jpg', PHOTO);
    const record = await newestOf(story);
    expect(record).toMatchObject({ status: 'waiting', waitingFor: 'quota', image: { width: 160 } });
    await resumeAnalysis(record.id, story.parts);
    expect(await newestOf(story)).toMatchObject({ status: 'waiting', contentDigest: record.contentDigest });
    expect(left).toEqual([]);
  });
});
