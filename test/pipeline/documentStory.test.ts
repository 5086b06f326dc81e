import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { cancelAnalyses } from '../../shared/backlog/cancelAnalyses.ts';
import { retryAnalysis } from '../../shared/backlog/retryAnalyses.ts';
import { analyzeNow } from '../../shared/pipeline/analyzeNow.ts';
import type { TaskName } from '../../shared/tasks/taskRequest.ts';
import { drawPdf, numberedPdf } from '../support/documents.ts';
import { REQUEST } from '../support/sampleRecords.ts';
import { useStorage } from '../support/storage.ts';
import { answerOf, drop, finish, newestOf, openStory, type Story, USAGE } from '../support/story.ts';

const storage = useStorage();

/** A document whose pages are answered with these, in the order of the pages. */
async function storyOfAnswers(task: TaskName, answers: readonly object[]): Promise<Story> {
  const story = await openStory(storage, (asked) =>
    answerOf(JSON.stringify({ ...answers[asked - 1], instructionsInImage: [] })),
  );
  return { ...story, parts: { ...story.parts, defaults: { ...story.parts.defaults, task } } };
}

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

  it('succeeds with a warning that names the pages without an answer, where that is allowed', async () => {
    let asked = 0;
    const story = await openStory(storage, () => {
      asked += 1;
      return answerOf(asked <= 2 ? 'no JSON' : undefined);
    });
    await drop(story, 'contract.pdf', await numberedPdf(3), { allowmissingpages: 'true' });
    const record = await finish(story);
    expect(record).toMatchObject({
      status: 'succeeded',
      document: { succeeded: 2, failed: 1 },
      warnings: [
        { code: 'pages-missing', detail: expect.stringMatching(/^Page \d \(answer-unusable\) has no answer/) },
      ],
    });
    expect((await story.parts.results.find(record))?.markdown).toContain('> **answer-unusable**');
  });

  it('is cancelled with all of its pages that wait', async () => {
    const story = await storyOf();
    await drop(story, 'contract.pdf', await numberedPdf(3));
    const { id } = await newestOf(story);
    expect(await cancelAnalyses({ kind: 'prefix', prefix: 'contract' }, story.parts)).toEqual({
      matched: 1,
      changed: 1,
    });
    const states = await story.parts.analyses.pageStates(id);
    expect(states.map(({ status }) => status)).toEqual(['cancelled', 'cancelled', 'cancelled']);
    expect(await finish(story)).toMatchObject({ status: 'cancelled' });
    expect(story.asked).toEqual([]);
  });

  it('runs its pages again itself: a page alone is not retried', async () => {
    const story = await openStory(storage, () => answerOf('no JSON'));
    await drop(story, 'contract.pdf', await numberedPdf(1));
    const { id } = await finish(story);
    await expect(retryAnalysis(`${id}-00001`, story.parts)).rejects.toMatchObject({
      code: 'conflict',
      detail: expect.stringContaining(`/analyses/${id}/retry`),
    });
  });

  it('has a table that goes on over a page break as one, with the pages that it stands on', async () => {
    const columns = [
      { name: 'Article', type: 'text', unit: null },
      { name: 'Pieces', type: 'number', unit: null },
    ];
    const pageOf = (...rows: string[][]) => ({
      tables: [{ title: null, columns, rows, merged: [], notes: [] }],
      language: 'en',
    });
    const story = await storyOfAnswers('tables', [pageOf(['Rope', '12'], ['Sail', '3']), pageOf(['Anchor', '1'])]);
    await drop(story, 'stock.pdf', await numberedPdf(2));
    const result = await story.parts.results.find(await finish(story));
    expect(result?.answer).toMatchObject({
      tables: [
        {
          pages: [1, 2],
          rows: [
            ['Rope', '12'],
            ['Sail', '3'],
            ['Anchor', '1'],
          ],
        },
      ],
    });
    expect(result?.markdown).toContain('## Pages 1 to 2');
  });

  it('is one object of what is extracted, with the page of each field and what pages say differently', async () => {
    const schema = {
      type: 'object',
      properties: { number: { type: 'string' }, total: { type: 'string' } },
      required: ['number', 'total'],
      additionalProperties: false,
    };
    const story = await storyOfAnswers('extract', [
      { fields: { number: 'A-7', total: '' }, notFound: ['total'] },
      { fields: { number: 'A-8', total: '30 EUR' }, notFound: [] },
    ]);
    const request = { ...REQUEST, task: 'extract', schema } as const;
    const image = { kind: 'bytes', bytes: await numberedPdf(2) } as const;
    await analyzeNow({ image, request, waitMs: 0, isAsync: false }, story.parts);
    const result = await story.parts.results.find(await finish(story));
    expect(result?.answer).toMatchObject({
      fields: { number: 'A-7', total: '30 EUR' },
      foundOn: { number: 1, total: 2 },
      conflicts: [
        {
          path: 'number',
          values: [
            { page: 1, value: 'A-7' },
            { page: 2, value: 'A-8' },
          ],
        },
      ],
    });
    expect(result?.markdown).toMatch(/## Pages that differ\n\n- number: A-7 \(page 1\), A-8 \(page 2\)/);
  });

  it('answers for each page alone where that is asked for', async () => {
    const story = await storyOfAnswers('text', [
      { language: 'en', blocks: [{ kind: 'paragraph', text: 'one' }] },
      { language: 'en', blocks: [{ kind: 'paragraph', text: 'two' }] },
    ]);
    await drop(story, 'contract.pdf', await numberedPdf(2), { per: 'page' });
    const result = await story.parts.results.find(await finish(story));
    expect(result?.answer).toMatchObject({
      pages: [
        { page: 1, answer: { plain: 'one' } },
        { page: 2, answer: { plain: 'two' } },
      ],
    });
  });

  it('warns where the page declares other words than were read', async () => {
    const story = await storyOfAnswers('text', [
      { language: 'en', blocks: [{ kind: 'paragraph', text: 'Payable in thirty days' }] },
    ]);
    const lines = ['Payable in thirty days, with interest of nine percent after that'];
    await drop(story, 'terms.pdf', await drawPdf([{ lines }]));
    const result = await story.parts.results.find(await finish(story));
    expect(result?.pages?.[0]?.warnings).toEqual([
      { code: 'text-layer', detail: expect.stringContaining('7 of its 11 words are not in the answer') },
    ]);
  });

  it('is warned of by the height of its smallest print, not by the size of its pages', async () => {
    const small = { lines: ['All that one has to know stands in the small print'], sizePt: 4 };
    const story = await storyOfAnswers('text', [
      { language: 'en', blocks: [] },
      { language: 'en', blocks: [] },
    ]);
    await drop(story, 'terms.pdf', await drawPdf([small, { lines: ['Large'], sizePt: 30 }]));
    const result = await story.parts.results.find(await finish(story));
    const codes = result?.pages?.map(({ warnings }) =>
      warnings.map(({ code }) => code).includes('illegible-reduction'),
    );
    expect(codes).toEqual([true, false]);
    expect(JSON.stringify(result?.pages?.[0]?.warnings)).toContain('where its smallest print is 6 pixels high');
  });

  it('asks once for a page that two documents share, where answers are reused', async () => {
    const story = await storyOf();
    const parts = { ...story.parts, isReusing: true };
    const reusing = { ...story, parts };
    await drop(reusing, 'first.pdf', await numberedPdf(2));
    await finish(reusing);
    await drop(reusing, 'second.pdf', await numberedPdf(3));
    const second = await finish(reusing);
    expect(second).toMatchObject({ status: 'succeeded', document: { succeeded: 3 } });
    expect(story.asked).toHaveLength(3);
    const again = (await story.parts.results.find(second))?.pages?.map(({ warnings }) =>
      warnings.map(({ code }) => code),
    );
    expect(again).toEqual([['answer-reused'], ['answer-reused'], []]);
  });

  it('keeps its result, and costs nothing, when only its metadata has changed', async () => {
    const story = await storyOf();
    const pdf = await numberedPdf(2);
    await drop(story, 'contract.pdf', pdf);
    const first = await finish(story);
    await drop(story, 'contract.pdf', pdf, { owner: 'ada' });
    const second = await finish(story);
    expect(second.id).not.toBe(first.id);
    expect(second).toMatchObject({ status: 'succeeded', answerOf: first.id, costMicroUsd: 0 });
    expect((await story.parts.results.find(second))?.pages).toHaveLength(2);
    expect(story.asked).toHaveLength(2);
  });
});
