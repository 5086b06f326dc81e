import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { seedRegions } from '../../local/regions/regionOptions.ts';
import { plainPng, startTestCloud, type TestAnalysis, type TestCloud } from '../support/testCloud.ts';

const SAMPLES = resolve(import.meta.dirname, '..', '..', 'local', 'samples');

let cloud: TestCloud;
beforeAll(async () => {
  cloud = await startTestCloud({
    regions: seedRegions().map((region) => ({
      ...region,
      answers: 'fixed',
      deployments: region.deployments.map((each) => ({ ...each, tokensPerMinute: 200_000 })),
    })),
  });
});
afterAll(() => cloud?.stop());

const post = (path: string, body: unknown): Promise<Response> =>
  cloud.call(path, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });

describe('POST /api/estimate', () => {
  it.each([
    [150, 150, 1, 255, 0.00255],
    [513, 150, 2, 425, 0.00425],
    [513, 513, 4, 765, 0.00765],
  ])(
    'says what %i x %i pixels cost on the seed: %i tiles, %i tokens, %d USD',
    async (width, height, tiles, tokens, usd) => {
      const answer = await post('/api/estimate', { images: [{ width, height }] });
      expect(answer.status).toBe(200);
      const body = (await answer.json()) as {
        estimates: { model: string; imageTokens: number; cost: { imagesUsd: number }; perImage: object[] }[];
      };
      expect(body.estimates[0]).toMatchObject({ model: 'gpt-4', imageTokens: tokens, cost: { imagesUsd: usd } });
      expect(body.estimates[0]?.perImage[0]).toMatchObject({ tiles, tokens, usd });
    },
  );
});

describe('POST /api/analyze', () => {
  it('answers with the analysis of raw bytes, of base64 and of a blob', async () => {
    const jpeg = await readFile(join(SAMPLES, 'valley.jpg'));
    const raw = await cloud.call('/api/analyze?task=describe', {
      method: 'POST',
      headers: { 'content-type': 'image/jpeg' },
      body: jpeg,
    });
    expect(raw.status).toBe(200);
    const analysis = (await raw.json()) as TestAnalysis;
    expect(analysis).toMatchObject({ status: 'succeeded', task: 'describe' });
    expect(analysis.markdown).toContain('#');

    const base64 = await post('/api/analyze', { image: { base64: jpeg.toString('base64') }, task: 'describe' });
    expect(base64.status).toBe(200);

    await cloud.upload('text/named.png', await plainPng(200, 100, '#445566'));
    const dropped = await cloud.ended('text/named.png');
    const blob = await post('/api/analyze', { image: { blob: 'text/named.png' }, task: 'text' });
    expect(blob.status).toBe(200);
    expect(await blob.json()).toMatchObject({ id: dropped.id, status: 'succeeded' });

    const again = await cloud.call(`/api/analyses/${analysis.id}`);
    expect(await again.json()).toMatchObject({ id: analysis.id, markdown: analysis.markdown });
    const stored = await cloud.container('results-http').getBlobClient(`${analysis.id}.md`).downloadToBuffer();
    expect(stored.toString()).toBe(analysis.markdown);
  });

  it('answers the same bytes from the earlier result when the caller allows it, without a model call', async () => {
    const body = await plainPng(230, 110, '#224466');
    const charges = (): number => cloud.regions?.charges().length ?? 0;
    const ask = (query: string): Promise<Response> =>
      cloud.call(`/api/analyze?task=describe${query}`, {
        method: 'POST',
        headers: { 'content-type': 'image/png' },
        body,
      });
    const paid = (await (await ask('')).json()) as TestAnalysis;
    const before = charges();
    expect(await (await ask('&reuse=true')).json()).toMatchObject({
      ...{ status: 'succeeded', cost: { usd: 0 }, attempts: [], markdown: expect.stringContaining('#') },
      warnings: [{ code: 'answer-reused', detail: expect.stringContaining(paid.id) }],
    });
    expect(charges()).toBe(before);
    const wrong = await ask('&reuse=perhaps');
    expect(wrong.status).toBe(400);
    expect(((await wrong.json()) as { detail: string }).detail).toContain('perhaps');
  });

  it('returns an address at once on request, and the result there later', async () => {
    const answer = await cloud.call('/api/analyze?task=describe', {
      method: 'POST',
      headers: { 'content-type': 'image/png', prefer: 'respond-async' },
      body: await plainPng(210, 100, '#445577'),
    });
    expect(answer.status).toBe(202);
    const location = answer.headers.get('location') ?? '';
    expect(location).toMatch(/^\/api\/analyses\/[0-9a-f]{32}$/);
    await expect
      .poll(async () => ((await (await cloud.call(location)).json()) as TestAnalysis).status)
      .toBe('succeeded');
  });

  it('reports all problems at once, and why a file is not an image', async () => {
    const wrong = await post('/api/analyze', { image: {}, task: 'colour', model: 'gpt-9', quality: 'best' });
    expect(wrong.status).toBe(400);
    const problem = (await wrong.json()) as { problems: { path: string }[] };
    expect(problem.problems.map(({ path }) => path).toSorted()).toEqual(['image', 'model', 'quality', 'task']);

    const text = await cloud.call('/api/analyze', {
      method: 'POST',
      headers: { 'content-type': 'image/png' },
      body: await readFile(join(SAMPLES, 'notes.png')),
    });
    expect(text.status).toBe(415);
    expect(await text.json()).toMatchObject({ code: 'not-an-image' });
  });
});

describe('50 analyses at once', () => {
  it('ask the identity endpoint for one token', async () => {
    const pictures = await Promise.all(Array.from({ length: 50 }, (_, place) => plainPng(300 + place, 20)));
    const answers = await Promise.all(
      pictures.map((png) =>
        cloud.call('/api/analyze?task=describe', {
          method: 'POST',
          headers: { 'content-type': 'image/png', prefer: 'wait=60' },
          body: png,
        }),
      ),
    );
    expect(answers.map(({ status }) => status)).toEqual(Array(50).fill(200));
    expect(cloud.identity.asked().filter(({ resource }) => resource?.includes('cognitiveservices'))).toHaveLength(1);
  });
});

describe('GET /api/health', () => {
  it('says to anybody that the app runs, and nothing else', async () => {
    expect(await (await cloud.call('/api/health')).json()).toEqual({ status: 'ok' });
  });
});

describe('GET /api/health/details', () => {
  it('says that the model of the pool is retired', async () => {
    expect(await (await cloud.call('/api/health/details')).json()).toMatchObject({
      status: 'ok',
      warnings: [{ code: 'model-lifecycle' }],
    });
  });
});

describe('POST /api/analyze on a full pool', () => {
  it('says when it can start, and keeps nothing, when no quota is free in time', async () => {
    for (const region of cloud.regions?.all ?? [])
      region.setFaults({ standing: { kind: 'throttle', retryAfterMs: 60_000 } });
    const before = await countAnalyses();
    const answer = await cloud.call('/api/analyze?task=describe', {
      method: 'POST',
      headers: { 'content-type': 'image/png', prefer: 'wait=30' },
      body: await plainPng(220, 100),
    });
    for (const region of cloud.regions?.all ?? []) region.setFaults({});
    expect(answer.status).toBe(429);
    expect(answer.headers.get('content-type')).toContain('application/problem+json');
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(1);
    expect(await answer.json()).toMatchObject({ code: 'no-slot-in-time', status: 429 });
    expect(await countAnalyses()).toBe(before);
  });
});

async function countAnalyses(): Promise<number> {
  const { analyses } = (await (await cloud.call('/api/analyses?limit=200')).json()) as { analyses: unknown[] };
  return analyses.length;
}
