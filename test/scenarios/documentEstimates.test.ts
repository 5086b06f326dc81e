import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chainTiffs } from '../../local/samples/drawing/chainTiffs.ts';
import { plainPng } from '../local/regions/cloud.ts';
import { drawPdf } from '../support/documents.ts';
import { startTestCloud, type TestCloud } from '../support/testCloud.ts';

/** Images cost by tiles on the first, and by patches on the second. */
const MODELS = ['gpt-4o@2024-11-20', 'gpt-4.1-mini@2025-04-14'] as const;

let cloud: TestCloud;
let files: Readonly<Record<string, Buffer>>;
beforeAll(async () => {
  const deployments = MODELS.map((reference) => {
    const [model = '', version = ''] = reference.split('@');
    return { deployment: model, model, version, tokensPerMinute: 1_000_000 };
  });
  cloud = await startTestCloud({
    regions: [{ name: 'westus', answers: 'fixed', tellsImageTokens: true, deployments }],
    settings: { DEFAULT_MODEL: MODELS[0] },
  });
  const small = Array.from(
    { length: 70 },
    (_, line) => `${line + 1}. Small print that is too small to be read as a whole.`,
  );
  const tiffPage = async (width: number, height: number): Promise<Buffer> =>
    await sharp(await plainPng(width, height, '#ffffff'))
      .tiff()
      .toBuffer();
  files = {
    'contract.pdf': await drawPdf([
      { lines: ['An A4 page.'] },
      { lines: ['A card.'], box: [240, 155] },
      { lines: small, sizePt: 5 },
      { lines: ['A poster.'], box: [2_384, 3_370] },
    ]),
    'scan.tif': chainTiffs(await Promise.all([tiffPage(1_700, 2_200), tiffPage(600, 200), tiffPage(900, 5_000)])),
  };
});
afterAll(() => cloud?.stop());

interface Estimated {
  readonly images: number;
  readonly documents: { readonly files: number; readonly pages: number };
  readonly estimates: readonly [
    {
      readonly admissionTokens: number;
      readonly perImage: readonly { readonly sent: { readonly tokens: number } }[];
    },
  ];
}

async function estimated(file: Buffer, options: object): Promise<Estimated> {
  const answer = await cloud.call('/api/estimate', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ images: [{ base64: file.toString('base64') }], ...options }),
  });
  expect(answer.status).toBe(200);
  return (await answer.json()) as Estimated;
}

interface Billed {
  readonly status: string;
  readonly estimate: { readonly admissionTokens: number };
  readonly usage: { readonly imageTokens: number };
  readonly pages: readonly { readonly id: string; readonly usage: { readonly imageTokens: number } }[];
}

async function pageOf(id: string): Promise<Billed> {
  return (await (await cloud.call(`/api/analyses/${id}`)).json()) as Billed;
}

const sumOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);

describe.each(MODELS)('the estimate of a document on %s', (model) => {
  it.each([
    ['contract.pdf', {}],
    ['contract.pdf', { parts: 'auto' }],
    ['scan.tif', {}],
    ['scan.tif', { parts: 'auto' }],
  ])(
    'is what the region bills for each page of %s with %j, and what is booked for it',
    async (name, options: object) => {
      const file = files[name] ?? Buffer.alloc(0);
      const request = { task: 'text', ...options };
      const { documents, estimates } = await estimated(file, { models: [model], ...request });
      const [{ perImage, admissionTokens }] = estimates;
      const stored = `${model.split('.')[0]}-${'parts' in options ? 'cut' : 'whole'}-${name}`.replaceAll('@', '-');
      await cloud.upload(stored, file, { model, ...request });
      const document = (await cloud.ended(stored)) as unknown as Billed;
      expect(document.status).toBe('succeeded');
      expect(documents).toEqual({ files: 1, pages: document.pages.length });
      expect(document.pages.map(({ usage }) => usage.imageTokens)).toEqual(perImage.map(({ sent }) => sent.tokens));
      const pages = await Promise.all(document.pages.map(({ id }) => pageOf(id)));
      expect(sumOf(pages.map(({ estimate }) => estimate.admissionTokens))).toBe(admissionTokens);
      expect(document.estimate.admissionTokens).toBe(admissionTokens);
    },
  );
});
