import { PDFDocument, StandardFonts } from '@cantoo/pdf-lib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { drawPdf, numberedPdf } from '../support/documents.ts';
import { startTestCloud, type TestAnalysis, type TestCloud } from '../support/testCloud.ts';

let cloud: TestCloud;
beforeAll(async () => {
  cloud = await startTestCloud();
});
afterAll(() => cloud?.stop());

interface DocumentAnalysis extends TestAnalysis {
  readonly document?: { readonly pages: number; readonly succeeded: number; readonly failed: number };
  readonly pages?: readonly { readonly page: number; readonly id: string; readonly status: string }[];
  readonly usage: { readonly promptTokens: number } | null;
}

async function get(path: string): Promise<DocumentAnalysis> {
  return (await (await cloud.call(path)).json()) as DocumentAnalysis;
}

/** The words of each page, in the order of the pages. */
const LETTER = [
  { lines: ['The harbour council meets on Tuesday', 'about the new lighthouse staircase'], sizePt: 20 },
  { lines: ['The copper roof of the chapel', 'needs insurance before winter'], sizePt: 20 },
];

describe('dropping a document', () => {
  it('reads its pages, and joins their text in one result beside its name', async () => {
    await cloud.upload('text/letter.pdf', await drawPdf(LETTER));
    const analysis = (await cloud.ended('text/letter.pdf')) as DocumentAnalysis;
    expect(analysis).toMatchObject({
      status: 'succeeded',
      task: 'text',
      image: { source: 'text/letter.pdf', format: 'pdf' },
      document: { pages: 2, succeeded: 2, failed: 0 },
      pages: [
        { page: 1, status: 'succeeded' },
        { page: 2, status: 'succeeded' },
      ],
    });
    const plain = String(analysis.answer?.plain);
    expect(plain.indexOf('lighthouse')).toBeGreaterThan(0);
    expect(plain.indexOf('chapel')).toBeGreaterThan(plain.indexOf('lighthouse'));
    expect(analysis.markdown).toMatch(/## Page 1\n[\s\S]*lighthouse[\s\S]*## Page 2\n[\s\S]*chapel/);
    expect(analysis.warnings).toEqual([]);
    const names: string[] = [];
    for await (const blob of cloud.container('results').listBlobsFlat()) names.push(blob.name);
    expect(names.toSorted()).toEqual(['text/letter.pdf.text.json', 'text/letter.pdf.text.md']);
  });

  it('has its pages by their own ids, and stands once in the list', async () => {
    const { id, pages = [] } = await get(`/api/analyses/${(await cloud.analysisOf('text/letter.pdf'))?.id}`);
    expect(pages.map((page) => page.id)).toEqual([`${id}-00001`, `${id}-00002`]);
    expect(await get(`/api/analyses/${id}-00002`)).toMatchObject({
      status: 'succeeded',
      image: { source: 'text/letter.pdf#page=2' },
      answer: { plain: expect.stringContaining('chapel') },
    });
    const list = await (await cloud.call('/api/analyses?prefix=text/letter')).json();
    expect(list).toMatchObject({ analyses: [{ id }] });
  });

  it.each([
    ['as its page boxes say', {}],
    ['where small print is cut into parts', { parts: 'auto' }],
    ['where the text that a page declares is sent along', { textLayer: 'hint' }],
    ['with both', { parts: 'auto', textLayer: 'hint' }],
  ])('costs exactly what its estimate says: %s', async (_, options) => {
    const small = Array.from({ length: 12 }, (__, line) => `${line}: terms of carriage, to be read by nobody`);
    const pages = [...LETTER, { lines: ['A wide page'], box: [1200, 400] as const }, { lines: small, sizePt: 5 }];
    const name = `text/mixed-${Object.keys(options).join('-')}.pdf`;
    await cloud.upload(name, await drawPdf(pages), options);
    const ended = (await cloud.ended(name)) as DocumentAnalysis;
    const estimate = await cloud.call('/api/estimate', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ images: [{ blob: name }], task: 'text', ...options }),
    });
    const told = (await estimate.json()) as {
      images: number;
      documents: { files: number; pages: number };
      estimates: { textTokens: number; perImage: { index: number; sent: { tokens: number; parts?: object } }[] }[];
    };
    expect(told).toMatchObject({ images: 4, documents: { files: 1, pages: 4 } });
    const [first] = told.estimates;
    const sent = first?.perImage.reduce((sum, image) => sum + image.sent.tokens, 0) ?? 0;
    expect(ended.usage?.promptTokens).toBe(sent + (first?.textTokens ?? 0));
    expect(first?.perImage.map((image) => image.sent.parts !== undefined)).toEqual([
      false,
      false,
      false,
      'parts' in options,
    ]);
  });

  it('takes only the pages that its metadata names', async () => {
    await cloud.upload('text/some.pdf', await numberedPdf(9), { pages: '2,8-' });
    const { pages = [] } = (await cloud.ended('text/some.pdf')) as DocumentAnalysis;
    expect(pages.map(({ page }) => page)).toEqual([2, 8, 9]);
  });

  it('is rejected before its first page where it would cost more than its metadata allows', async () => {
    await cloud.upload('text/dear.pdf', await numberedPdf(3), { maxUsd: '0.01' });
    expect(await cloud.ended('text/dear.pdf')).toMatchObject({
      status: 'rejected',
      error: { code: 'exceeds-max-usd', detail: expect.stringContaining('the request allows $0.01000') },
      attempts: [],
    });
  });

  it('ends rejected with a sentence where a password locks it', async () => {
    const document = await PDFDocument.create();
    const font = await document.embedFont(StandardFonts.Helvetica);
    document.addPage().drawText('secret', { font });
    document.encrypt({ userPassword: 'open sesame', ownerPassword: 'open sesame' });
    await cloud.upload('locked.pdf', Buffer.from(await document.save()));
    expect(await cloud.ended('locked.pdf')).toMatchObject({
      status: 'rejected',
      error: { code: 'unsupported-format', detail: expect.stringContaining('locked by a password') },
    });
  });
});

describe('POST /analyze, with a document', () => {
  it('waits for all of its pages, as for an image', async () => {
    const response = await cloud.call('/api/analyze?task=text', {
      method: 'POST',
      headers: { 'content-type': 'application/pdf', prefer: 'wait=60' },
      body: new Uint8Array(await drawPdf(LETTER)),
    });
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({
      status: 'succeeded',
      document: { pages: 2, succeeded: 2 },
      answer: { plain: expect.stringContaining('staircase') },
    });
  });

  it('answers with an address that shows the pages while they are under way', async () => {
    const response = await cloud.call('/api/analyze', {
      method: 'POST',
      headers: { 'content-type': 'application/json', prefer: 'respond-async' },
      body: JSON.stringify({ image: { base64: (await numberedPdf(2)).toString('base64') }, task: 'text' }),
    });
    expect(response.status).toBe(202);
    const location = response.headers.get('location') ?? '';
    let seen = await get(location);
    for (; !['succeeded', 'failed', 'rejected'].includes(seen.status); seen = await get(location)) {
      expect(['queued', 'running']).toContain(seen.status);
    }
    expect(seen).toMatchObject({ status: 'succeeded', document: { pages: 2, succeeded: 2, failed: 0 } });
  });
});
