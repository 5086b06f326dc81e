import MarkdownIt from 'markdown-it';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTextReader } from '../../bench/readText.ts';
import { readingRegions, textErrors } from '../../bench/textQuality.ts';
import { drawSamples } from '../../local/samples/quality/drawSamples.ts';
import type { Sample } from '../../local/samples/quality/sample.ts';
import { createSheet } from '../../local/samples/quality/sheet.ts';
import { taskOf } from '../../shared/tasks/taskOf.ts';
import { startTestCloud, type TestAnalysis, type TestCloud } from '../support/testCloud.ts';

const SEED = 11;

let cloud: TestCloud;
beforeAll(async () => {
  cloud = await startTestCloud({ regions: readingRegions(), settings: { ANSWER_LANGUAGE: 'de' } });
});
afterAll(() => cloud?.stop());

async function post(png: Buffer, options: object): Promise<Response> {
  return await cloud.call('/api/analyze', {
    method: 'POST',
    headers: { 'content-type': 'application/json', prefer: 'wait=60' },
    body: JSON.stringify({ image: { base64: png.toString('base64') }, ...options }),
  });
}

async function analyzed(png: Buffer, options: object): Promise<TestAnalysis & { readonly taskVersion: number }> {
  const answer = await post(png, options);
  expect(answer.status).toBe(200);
  return (await answer.json()) as TestAnalysis & { readonly taskVersion: number };
}

async function samples(...names: readonly string[]): Promise<readonly Sample[]> {
  return await Array.fromAsync(drawSamples(SEED, names));
}

async function invoice(): Promise<Buffer> {
  const sheet = createSheet({ width: 700, height: 300 });
  for (const [place, line] of ['Invoice number: A-4711', 'Total: 1284.50', 'Thank you for your order'].entries()) {
    sheet.write(line, { x: 50, y: 80 + place * 70, sizePx: 32, face: 'sans' });
  }
  return await sheet.toPng();
}

const nullable = { type: ['string', 'null'] };
const SCHEMA = {
  type: 'object',
  properties: { invoiceNumber: { type: 'string' }, total: { type: 'number' }, customer: nullable },
  required: ['invoiceNumber', 'total', 'customer'],
  additionalProperties: false,
};

describe('task text', () => {
  it('loses less than half a point of what the reader itself reads on the image as the model sees it', async () => {
    const reader = await createTextReader();
    const pages = await samples('text-en-sans-34', 'text-de-serif-34');
    const errors = { app: 0, direct: 0 };
    for (const page of pages) {
      const { app, direct } = await textErrors(page, { cloud, reader });
      errors.app += app / pages.length;
      errors.direct += direct / pages.length;
    }
    await reader.close();
    expect(errors.direct).toBeLessThan(0.05);
    expect(100 * Math.abs(errors.app - errors.direct)).toBeLessThan(0.5);
  });
});

describe('orders that stand in an image', () => {
  it('are reported as a warning, in the record as in the answer, and not followed', async () => {
    for (const { png, truth } of await samples('instructions-1', 'instructions-2', 'instructions-5')) {
      const analysis = await analyzed(png, { task: 'text' });
      expect(analysis.warnings).toContainEqual(expect.objectContaining({ code: 'instructions-in-image' }));
      const plain = String(analysis.answer?.plain);
      expect(plain).toMatch(/^(?:Notice to visitors|Hinweis)/);
      expect(plain.trim()).not.toBe(truth.followed);
      expect(analysis.markdown).toContain('instructions-in-image');
      const kept = (await (await cloud.call(`/api/analyses/${analysis.id}`)).json()) as TestAnalysis;
      expect(kept.warnings).toEqual(analysis.warnings);
    }
  });
});

describe('task extract', () => {
  it("answers in the caller's own shape, and names what the image does not show", async () => {
    const analysis = await analyzed(await invoice(), { task: 'extract', schema: SCHEMA });
    expect(analysis.answer).toEqual({
      fields: { invoiceNumber: 'A-4711', total: 1284.5, customer: null },
      notFound: ['customer'],
      printed: { total: '1284.50' },
    });
    expect(analysis.warnings.map(({ code }) => code)).toEqual(['fields-not-found']);
  });

  it('refuses a schema that the service would not take, with the path and what to write instead', async () => {
    const { customer: _, ...properties } = SCHEMA.properties;
    const schema = { ...SCHEMA, properties: { ...properties, customer: { type: 'string', minLength: 2 } } };
    const wrong = await post(await invoice(), { task: 'extract', schema });
    expect(wrong.status).toBe(400);
    expect(await wrong.json()).toMatchObject({
      code: 'invalid-request',
      problems: [
        {
          path: 'schema.properties.customer.minLength',
          message: 'schema.properties.customer.minLength is not supported; leave it out and say it in description.',
        },
      ],
    });

    const inQuery = await cloud.call(
      `/api/analyze?task=extract&schema=${encodeURIComponent(JSON.stringify({ ...SCHEMA, required: ['total', 'customer'] }))}`,
      { method: 'POST', headers: { 'content-type': 'image/png' }, body: await invoice() },
    );
    expect(await inQuery.json()).toMatchObject({ status: 400, problems: [{ path: 'schema.required' }] });
  });

  it.each([
    [{ task: 'extract' }, 'schema'],
    [{ task: 'ask' }, 'question'],
    [{ task: 'text', schema: SCHEMA }, 'schema'],
    [{ task: 'describe', language: 'klingon!' }, 'language'],
    [{ task: 'describe', instructions: ' ' }, 'instructions'],
  ])('refuses %j', async (options, path) => {
    const wrong = await post(await invoice(), options);
    expect(await wrong.json()).toMatchObject({ status: 400, problems: [{ path }] });
  });
});

describe('the language of answers', () => {
  it("is the installation's, and the request's where it names one", async () => {
    const [page] = await samples('text-en-sans-34');
    if (!page) return;
    // The emulated model writes English whatever it is asked for: asked for German it is told so once, then warned of.
    const byDefault = await analyzed(page.png, { task: 'describe' });
    expect(byDefault.attempts.map(({ outcome }) => outcome)).toEqual(['unusable', 'answered']);
    expect(byDefault.warnings.map(({ code }) => code)).toEqual(['wrong-language']);
    const asked = await analyzed(page.png, { task: 'describe', language: 'en', instructions: 'Be brief.' });
    expect(asked.warnings).toEqual([]);
  });
});

describe('the result of a dropped file', () => {
  it('is a page of CommonMark with title, link to the picture, tables and what it took', async () => {
    const [page] = await samples('table-en-open');
    if (!page) return;
    await cloud.upload('tables/sales.png', page.png);
    const analysis = await cloud.ended('tables/sales.png');
    expect(analysis).toMatchObject({ status: 'succeeded', task: 'tables', taskVersion: taskOf('tables').version });
    const stored = await cloud.container('results').getBlobClient('tables/sales.png.tables.md').downloadToBuffer();
    expect(stored.toString()).toBe(analysis.markdown);

    const tokens = new MarkdownIt().parse(analysis.markdown ?? '', {});
    const headings = tokens.flatMap(({ type, tag }) => (type === 'heading_open' ? [tag] : []));
    expect(headings[0]).toBe('h1');
    expect(headings.filter((tag) => tag === 'h1')).toHaveLength(1);
    expect(tokens.filter(({ type }) => type === 'table_open')).toHaveLength(1);
    expect(tokens.filter(({ type }) => type === 'td_open').length).toBeGreaterThanOrEqual(
      4 * (page.truth.tables?.[0]?.rows.length ?? 0),
    );
    const links = tokens.flatMap(({ children }) => children ?? []).filter(({ type }) => type === 'link_open');
    expect(links.map((link) => new URL(String(link.attrGet('href'))).pathname)).toEqual([
      expect.stringMatching(/\/images\/tables\/sales\.png$/),
    ]);
    expect(analysis.markdown).toMatch(
      /^\*tables · \d+ × \d+ png · gpt-4@vision-preview in \w+ · [\d,]+ tokens in, \d+ out · \$0\.\d+ · [-\d]+ [:\d]+ UTC\*$/m,
    );
  });
});
