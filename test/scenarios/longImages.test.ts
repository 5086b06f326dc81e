import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { drawLongPage, drawStrip, type LongImage } from '../../bench/longImages.ts';
import { readingRegions } from '../../bench/textQuality.ts';
import { plainPng } from '../local/regions/cloud.ts';
import { startTestCloud, type TestAnalysis, type TestCloud } from '../support/testCloud.ts';

interface Long extends Omit<TestAnalysis, 'warnings'> {
  readonly image: TestAnalysis['image'] & {
    readonly parts?: object;
    readonly sentWidth: number;
    readonly sentHeight: number;
  };
  readonly estimate: { readonly promptTokens: number; readonly admissionTokens: number };
  readonly usage: { readonly promptTokens: number };
  readonly warnings: readonly { readonly code: string; readonly detail: string }[];
}

let cloud: TestCloud;
let screenshot: LongImage;
beforeAll(async () => {
  cloud = await startTestCloud({ regions: readingRegions() });
  screenshot = await drawLongPage({ width: 1080, height: 9_000, sizePx: 44 });
});
afterAll(() => cloud?.stop());

async function analyzed(png: Buffer, query: string): Promise<Long> {
  const answer = await cloud.call(`/api/analyze?${query}`, {
    method: 'POST',
    headers: { 'content-type': 'image/png', prefer: 'wait=100' },
    body: png,
  });
  expect(answer.status).toBe(200);
  return (await answer.json()) as Long;
}

async function estimated(
  size: object,
  options: object,
): Promise<Record<string, unknown> & { perImage: readonly object[] }> {
  const answer = await cloud.call('/api/estimate', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ images: [size], ...options }),
  });
  expect(answer.status).toBe(200);
  const { estimates } = (await answer.json()) as {
    estimates: (Record<string, unknown> & { perImage: readonly object[] })[];
  };
  return estimates[0] ?? { perImage: [] };
}

const linesIn = (analysis: Long): readonly string[] =>
  String(analysis.answer?.plain)
    .split('\n')
    .filter((line) => line !== '');

const codesOf = ({ warnings }: Long): readonly string[] => warnings.map(({ code }) => code);

const charges = () =>
  ['australiaeast', 'swedencentral', 'switzerlandnorth', 'westus'].flatMap(
    (name) => cloud.regions?.get(name).charges() ?? [],
  );

describe('a screenshot that the model would see too small', () => {
  it('is sent whole with a warning that says what it costs in parts', async () => {
    const analysis = await analyzed(screenshot.png, 'task=text');
    expect(codesOf(analysis)).toEqual(['illegible-reduction']);
    expect(analysis.warnings[0]?.detail).toContain('With "parts": "auto" it is sent as 3 parts');
    expect(analysis.image).not.toHaveProperty('parts');
  });

  it('is read line by line in parts, each line once, and is counted by the region as it was estimated', async () => {
    const before = charges().length;
    const analysis = await analyzed(screenshot.png, 'task=text&parts=auto');
    expect(linesIn(analysis)).toEqual(screenshot.lines);
    expect(codesOf(analysis)).toEqual(['image-in-parts']);
    expect(analysis.image).toMatchObject({ width: 1080, height: 9_000, parts: { count: 3, columns: 1, rows: 3 } });

    const [charge, ...others] = charges().slice(before);
    expect(others).toEqual([]);
    const { sentWidth: width, sentHeight: height } = analysis.image;
    expect(charge?.images).toMatchObject(Array(3).fill({ width, height }));
    expect(charge?.promptTokens).toBe(analysis.estimate.promptTokens);
    expect(charge?.admissionTokens).toBe(analysis.estimate.admissionTokens);

    const estimate = await estimated({ width: 1080, height: 9_000 }, { task: 'text', parts: 'auto' });
    expect(estimate.admissionTokens).toBe(analysis.estimate.admissionTokens);
    expect(Number(estimate.imageTokens) + Number(estimate.textTokens)).toBe(analysis.estimate.promptTokens);
    expect(estimate).toMatchObject({ cost: { totalUsd: { expected: analysis.cost.estimatedUsd } } });
    expect(estimate.perImage).toMatchObject([{ sent: { width, height, parts: { count: 3 } } }]);
  });

  it("is read in parts if the file's metadata request it", async () => {
    await cloud.upload('text/long.png', screenshot.png, { parts: 'auto' });
    const analysis = (await cloud.ended('text/long.png')) as unknown as Long;
    expect(linesIn(analysis)).toEqual(screenshot.lines);
  });

  it.each(['analyze', 'describe'])('is answered as one image in parts for %s', async (task) => {
    const analysis = await analyzed(screenshot.png, `task=${task}&parts=auto`);
    expect(codesOf(analysis)).toEqual(['image-in-parts']);
    expect(JSON.stringify(analysis.answer)).toContain(screenshot.lines[0]?.split(' ').slice(0, 2).join(' '));
  });
});

describe('a strip', () => {
  it('is read from left to right in parts, its line whole', async () => {
    const strip = await drawStrip({ width: 9_000, height: 120, sizePx: 44 });
    const analysis = await analyzed(strip.png, 'task=text&parts=auto');
    expect(linesIn(analysis)).toEqual(strip.lines);
  });

  it('of 20,000 x 10 pixels warns whole, and is sent in ten parts', async () => {
    const png = await plainPng(20_000, 10, '#ffffff');
    expect(codesOf(await analyzed(png, 'task=text'))).toContain('illegible-reduction');
    const cut = await analyzed(png, 'task=text&parts=auto');
    expect(codesOf(cut)).toEqual(['image-in-parts']);
    expect(cut.image).toMatchObject({ sentHeight: 9, parts: { count: 10, columns: 10, rows: 1 } });
  });
});

describe('parts', () => {
  it('change nothing for an image that is legible whole', async () => {
    const png = await plainPng(300, 200, '#dc1e1e');
    const [whole, cut] = [await analyzed(png, 'task=describe'), await analyzed(png, 'task=describe&parts=auto')];
    expect(cut.image).not.toHaveProperty('parts');
    expect(cut.usage).toEqual(whole.usage);
    expect(cut.warnings).toEqual(whole.warnings);
  });

  it('are refused by name where they are anything else', async () => {
    const answer = await cloud.call('/api/analyze?parts=always', {
      method: 'POST',
      headers: { 'content-type': 'image/png' },
      body: screenshot.png,
    });
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({ problems: [{ path: 'parts' }] });
  });

  it('are counted among the images of an estimate that would be seen too small', async () => {
    const whole = await estimated({ width: 1080, height: 9_000, count: 3 }, { task: 'text' });
    expect(whole.warnings).toContainEqual(
      expect.stringMatching(/^3 of 3 images would be seen too small .* "parts": "auto"/),
    );
    const cut = await estimated({ width: 1080, height: 9_000, count: 3 }, { task: 'text', parts: 'auto' });
    expect(cut.warnings).not.toContainEqual(expect.stringContaining('too small'));
  });
});
