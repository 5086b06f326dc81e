import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { retryAnalysis } from '../../shared/backlog/retryAnalyses.ts';
import { drawPdf, numberedPdf } from '../support/documents.ts';
import { useStorage } from '../support/storage.ts';
import { answerOf, drop, finish, newestOf, openStory, type Story, USAGE } from '../support/story.ts';

const storage = useStorage();

async function storyOf(answer = answerOf): Promise<Story> {
  return await openStory(storage, () => answer());
}

describe('a dropped document', () => {
  it('is analysed page by page, and has one result with all pages', async () => {
    const story = await storyOf();
    await drop(story, 'contract.pdf', await numberedPdf(3));
    expect(await newestOf(story)).toMatchObject({
      status: 'waiting',
      waitingFor: 'pages',
      image: { format: 'pdf', width: 2479, height: 3508 },
      document: { pages: 3, succeeded: 0, failed: 0 },
    });
    const record = await finish(story);
    expect(record).toMatchObject({
      status: 'succeeded',
      document: { total: 3, pages: 3, succeeded: 3, failed: 0 },
      usage: { promptTokens: 3 * USAGE.promptTokens, completionTokens: 3 * USAGE.completionTokens },
    });
    expect(story.asked).toHaveLength(3);
    const result = await story.parts.results.find(record);
    expect(result?.pages?.map(({ page, status }) => [page, status])).toEqual([
      [1, 'succeeded'],
      [2, 'succeeded'],
      [3, 'succeeded'],
    ]);
    expect(result?.markdown).toMatch(/^# .+\n[\s\S]*## Page 1\n[\s\S]*## Page 2\n[\s\S]*## Page 3\n/);
  });

  it('costs nothing again when its event comes again', async () => {
    const story = await storyOf();
    const pdf = await numberedPdf(2);
    await drop(story, 'contract.pdf', pdf);
    await finish(story);
    await drop(story, 'contract.pdf', pdf);
    await finish(story);
    expect(story.asked).toHaveLength(2);
  });

  it('may be a TIFF of several pages', async () => {
    const story = await storyOf();
    const page = sharp({ create: { width: 300, height: 200, channels: 3, background: 'white' } }).png();
    const pages = await Promise.all([page.clone().toBuffer(), page.clone().negate().toBuffer()]);
    const tiff = await sharp(pages, { join: { animated: true } })
      .tiff()
      .toBuffer();
    await drop(story, 'scan.tif', tiff);
    expect(await finish(story)).toMatchObject({ status: 'succeeded', document: { format: 'tiff', pages: 2 } });
    expect(story.asked).toHaveLength(2);
  });

  it('fails with the pages named that have no answer, and a retry asks for those alone', async () => {
    let asked = 0;
    const story = await openStory(storage, () => {
      asked += 1;
      // The second page, with its repair.
      return answerOf(asked === 2 || asked === 3 ? 'no JSON' : undefined);
    });
    await drop(story, 'contract.pdf', await numberedPdf(3));
    const failed = await finish(story);
    expect(failed).toMatchObject({
      status: 'failed',
      error: { code: 'pages-failed', detail: expect.stringMatching(/^Page \d \(answer-unusable\) has no answer\./) },
      document: { pages: 3, succeeded: 2, failed: 1 },
    });
    await retryAnalysis(failed.id, story.parts);
    expect(await finish(story)).toMatchObject({ status: 'succeeded', document: { succeeded: 3, failed: 0 } });
    expect(asked).toBe(5);
  });

  it('is rejected with the number and what to set where it has too many pages, and nothing is asked', async () => {
    const story = await storyOf();
    const parts = { ...story.parts, documentLimits: { maxPages: 2, openPages: undefined } };
    await drop({ ...story, parts }, 'contract.pdf', await numberedPdf(3));
    expect(await newestOf(story)).toMatchObject({
      status: 'rejected',
      error: { code: 'too-many-pages', detail: expect.stringContaining('3 pages to analyse; the limit is 2.') },
    });
    expect(story.asked).toEqual([]);
  });

  it('opens no more pages at once than it may, so that another file has its turn', async () => {
    const story = await storyOf();
    const parts = { ...story.parts, documentLimits: { maxPages: 200, openPages: 2 } };
    await drop({ ...story, parts }, 'contract.pdf', await numberedPdf(5));
    const { id } = await newestOf(story);
    expect(await story.parts.analyses.pageStates(id)).toHaveLength(2);
    expect(await finish({ ...story, parts })).toMatchObject({ status: 'succeeded', document: { succeeded: 5 } });
    expect(story.asked).toHaveLength(5);
  });

  it('is drawn at exactly the size that is sent, whatever its own size', async () => {
    const story = await storyOf();
    await drop(story, 'card.pdf', await drawPdf([{ lines: ['Hello'], box: [240, 155] }]));
    const record = await finish(story);
    const [page] = await story.parts.analyses.pagesOf(record.id);
    expect(page?.record.image).toMatchObject({
      format: 'pdf',
      width: 1000,
      height: 646,
      sentWidth: 1000,
      sentHeight: 646,
    });
  });
});
