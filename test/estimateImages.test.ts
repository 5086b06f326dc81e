import { describe, expect, it } from 'vitest';
import { bytesInHand } from '../shared/analyses/lookAtImage.ts';
import { type EstimateAnswer, type EstimateCall, estimateImages } from '../shared/estimateImages.ts';
import { REQUEST } from './analyses/sampleRecords.ts';
import { drawMarkedAs } from './image/drawnImages.ts';
import { START_MS, seedDeployment, seedPool } from './pool/deployments.ts';

const LIMITS = { maxBytes: 100 * 1024 * 1024, maxPixels: 268_402_689 };

function estimate(call: Partial<EstimateCall>, deployments = seedPool): Promise<EstimateAnswer> {
  const images = [{ kind: 'size', width: 513, height: 513, count: 1 } as const];
  return estimateImages({ images, request: REQUEST, ...call }, { deployments, limits: LIMITS, nowMs: START_MS });
}

describe('estimateImages', () => {
  it.each([
    [150, 150, 255, 0.00255],
    [513, 150, 425, 0.00425],
    [513, 513, 765, 0.00765],
  ])("of %i x %i on the seed's model is %i tokens and $%d", async (width, height, imageTokens, imagesUsd) => {
    const { estimates } = await estimate({ images: [{ kind: 'size', width, height, count: 1 }] });
    expect(estimates).toMatchObject([{ model: 'gpt-4', version: 'vision-preview', imageTokens, cost: { imagesUsd } }]);
  });

  it('counts each image as often as it is said to be there', async () => {
    const answer = await estimate({ images: [{ kind: 'size', width: 150, height: 150, count: 1_000 }] });
    expect(answer).toMatchObject({ images: 1_000, estimates: [{ imageTokens: 255_000, cost: { imagesUsd: 2.55 } }] });
  });

  it('counts the text of the task once a request, its frame included', async () => {
    const { estimates } = await estimate({});
    const [first] = estimates;
    const { textTokens } = (await import('../shared/tasks/promptTokens.json', { with: { type: 'json' } })).default.text
      .words.cl100k_base;
    expect(first?.textTokens).toBe(textTokens);
  });

  it('takes the minutes of the whole pool, or of a quota that is asked about', async () => {
    const images = [{ kind: 'size', width: 513, height: 513, count: 1_000 } as const];
    const minutes = async (call: Partial<EstimateCall>): Promise<number> =>
      (await estimate({ images, ...call })).estimates[0]?.minutesAtQuota ?? 0;
    const atPool = await minutes({});
    expect(await minutes({ tokensPerMinute: 40_000 })).toBeCloseTo(atPool);
    expect(await minutes({ tokensPerMinute: 80_000 })).toBeLessThan(atPool);
  });

  it('knows no minutes of a model outside the pool', async () => {
    const { estimates } = await estimate({ models: ['gpt-4o'] });
    expect(estimates).toMatchObject([{ model: 'gpt-4o', minutesAtQuota: null }]);
  });

  it('reads the size of images that come as bytes, and lists those that are none', async () => {
    const png = bytesInHand(await drawMarkedAs('png'));
    const answer = await estimate({
      images: [
        { kind: 'bytes', image: png },
        { kind: 'bytes', image: bytesInHand(Buffer.from('A letter.')) },
        { kind: 'bytes', image: bytesInHand(Buffer.from('%PDF-1.7')) },
      ],
    });
    expect(answer).toMatchObject({ images: 1, estimates: [{ perImage: [{ width: 64, height: 48 }] }] });
    expect(answer.rejected).toEqual([
      { name: '#2', code: 'not-an-image', detail: expect.any(String) },
      { name: '#3', code: 'unsupported-format', detail: expect.any(String) },
    ]);
  });

  it('puts the cheapest first and names each model once', async () => {
    const { estimates } = await estimate({ models: ['gpt-4@vision-preview', 'gpt-4o', 'GPT-4o', 'gpt-4o@2024-11-20'] });
    expect(estimates.map(({ model, version }) => `${model}@${version}`)).toEqual([
      'gpt-4o@2024-11-20',
      'gpt-4@vision-preview',
    ]);
    const usd = estimates.map(({ cost }) => cost.totalUsd.expected ?? 0);
    expect(usd.toSorted((left, right) => left - right)).toEqual(usd);
  });

  it('takes the models of the pool once each', async () => {
    const pool = [...seedPool, seedDeployment('eastus', { model: 'llava@1', countsAs: 'gpt-4o@2024-11-20' })];
    const { estimates } = await estimate({}, pool);
    expect(estimates.map(({ model }) => model).toSorted()).toEqual(['gpt-4', 'gpt-4o']);
  });

  it('names all models that it does not know at once, with the nearest', async () => {
    await expect(estimate({ models: ['gpt-4p', 'gpt-4o', 'gtp-5'] })).rejects.toMatchObject({
      code: 'invalid-request',
      problems: [
        { path: 'model', message: expect.stringMatching(/"gpt-4p" is not in the catalogue; the nearest are .*gpt-4o/) },
        { path: 'model', message: expect.stringMatching(/"gtp-5" is not in the catalogue; the nearest are .*gpt-5/) },
      ],
    });
  });
});
