import { describe, expect, it } from 'vitest';
import { allModels, getModel, modelKey } from '../../shared/catalog/catalog.ts';
import { standInModel } from '../../shared/catalog/standInModel.ts';
import { InvalidRequest } from '../../shared/errors.ts';
import { type EstimateQuestion, estimateForModel } from '../../shared/tokens/estimateForModel.ts';

const seed = getModel('gpt-4@vision-preview');
const question: EstimateQuestion = {
  detail: 'high',
  quality: 'full',
  textTokens: 120,
  outputTokens: { expected: 150, max: 800 },
  tokensPerMinute: 40_000,
  requestsPerMinute: 240,
  nowMs: Date.parse('2026-11-23'),
};

describe('estimateForModel', () => {
  it.each([
    { width: 150, height: 150, tiles: 1, tokens: 255, usd: 0.00255 },
    { width: 513, height: 150, tiles: 2, tokens: 425, usd: 0.00425 },
    { width: 513, height: 513, tiles: 4, tokens: 765, usd: 0.00765 },
  ])('gives $usd USD for $width x $height on the seed', ({ width, height, tiles, tokens, usd }) => {
    const estimate = estimateForModel(seed, [{ width, height }], question);
    expect(estimate).toMatchObject({
      imageTokens: tokens,
      imageTokensRange: [tokens, tokens],
      cost: { imagesUsd: usd },
    });
    const sent = { width, height, tokens, usd };
    expect(estimate.perImage).toEqual([{ index: 0, width, height, count: 1, tiles, tokens, usd, sent }]);
  });

  it('says everything about one image', () => {
    const { perImage, ...estimate } = estimateForModel(seed, [{ width: 150, height: 150 }], question);
    expect(perImage).toHaveLength(1);
    expect(estimate).toEqual({
      model: 'gpt-4',
      version: 'vision-preview',
      stage: 'retired',
      detail: 'high',
      imageTokens: 255,
      imageTokensRange: [255, 255],
      textTokens: 120,
      outputTokens: { expected: 150, max: 800 },
      admissionTokens: 1175,
      cost: {
        imagesUsd: 0.00255,
        inputUsd: 0.00375,
        outputUsd: { expected: 0.0045, max: 0.024 },
        totalUsd: { expected: 0.00825, max: 0.02775 },
      },
      pricesAsOf: '2024-01-02',
      minutesAtQuota: 0.03,
      warnings: [
        'gpt-4@vision-preview is retired: choose a newer model for anything new.',
        'The prices of gpt-4@vision-preview were last checked on 2024-01-02; they count as stale after 180 days.',
      ],
    });
  });

  it('sums over images and their counts', () => {
    const images = [
      { width: 150, height: 150, count: 10 },
      { width: 513, height: 513 },
    ];
    const estimate = estimateForModel(seed, images, question);
    expect(estimate).toMatchObject({
      imageTokens: 3315,
      textTokens: 1320,
      admissionTokens: 10 * 1175 + 1685,
      minutesAtQuota: 0.34,
      cost: { imagesUsd: 0.03315 },
    });
    expect(estimate.perImage.map(({ index, count }) => [index, count])).toEqual([
      [0, 10],
      [1, 1],
    ]);
  });

  it('shows what would be sent beside what was given, and books the former', () => {
    const estimate = estimateForModel(seed, [{ width: 513, height: 513 }], { ...question, quality: 'balanced' });
    expect(estimate).toMatchObject({ imageTokens: 765, admissionTokens: 255 + 920 });
    expect(estimate.perImage[0]?.sent).toEqual({ width: 512, height: 512, tokens: 255, usd: 0.00255 });
  });

  it('does not let many small amounts vanish by rounding each', () => {
    const luna = getModel('gpt-6-luna');
    const estimate = estimateForModel(luna, [{ width: 32, height: 32, count: 1_000_000 }], question);
    expect(estimate.perImage[0]).toMatchObject({ tokens: 2, usd: 0.000_000_2 });
    expect(estimate.cost.imagesUsd).toBe(0.2);
  });

  it('counts an image that the service would refuse as it would be sent', () => {
    const estimate = estimateForModel(getModel('gpt-6-sol'), [{ width: 8192, height: 8192 }], {
      ...question,
      detail: 'original',
      tokensPerMinute: 1_000_000,
    });
    expect(estimate.perImage[0]).toMatchObject({ tokens: null, usd: null, sent: { width: 5536, tokens: 35_915 } });
    expect(estimate.perImage[0]?.refused).toContain('65,536 patches');
    expect(estimate.imageTokens).toBe(35_915);
  });

  it('names the pages that contradict each other where they widen the range, and only there', () => {
    const images = [{ width: 1024, height: 768 }];
    const { imageTokensRange, imageTokensSources } = estimateForModel(getModel('gpt-5.4-mini'), images, question);
    expect(imageTokensRange).toEqual([922, 1245]);
    expect(imageTokensSources).toEqual([
      'Images and vision guide (OpenAI, at the launch of GPT-5.6, 2026-07)',
      'Images and vision guide (OpenAI, after the launch of GPT-5.6, 2026)',
      'Images and vision guide (OpenAI, with the limit of 30,000 patches, 2026-09)',
    ]);
    expect(estimateForModel(getModel('gpt-4o'), images, question)).not.toHaveProperty('imageTokensSources');
    const icon = estimateForModel(getModel('gpt-5.4-mini'), [{ width: 32, height: 32 }], question);
    expect(icon.imageTokensRange).toEqual([2, 2]);
    expect(icon).not.toHaveProperty('imageTokensSources');
  });

  it('falls back to high where a model cannot look at the original, and says so', () => {
    const estimate = estimateForModel(seed, [{ width: 150, height: 150 }], { ...question, detail: 'original' });
    expect(estimate.detail).toBe('high');
  });

  it('knows no minutes outside the pool, nor for an image that no minute holds', () => {
    const images = [{ width: 513, height: 513 }];
    expect(estimateForModel(seed, images, { ...question, tokensPerMinute: null }).minutesAtQuota).toBeNull();
    expect(estimateForModel(seed, images, { ...question, tokensPerMinute: 1000 }).minutesAtQuota).toBeNull();
  });

  it('warns of images that no minute holds, and not of one that just fits', () => {
    const images = [{ width: 150, height: 150 }];
    const at = (tokensPerMinute: number) => estimateForModel(seed, images, { ...question, tokensPerMinute });
    expect(at(1174).warnings.at(-1)).toMatch(
      /^1 of 1 images would be rejected on gpt-4@vision-preview \(exceeds-quota\)/,
    );
    expect(at(1175)).toMatchObject({
      minutesAtQuota: 1,
      warnings: [/retired/, /stale/].map((words) => expect.stringMatching(words)),
    });
  });

  it('says of images that are seen too small whether parts were asked for', () => {
    const images = [{ width: 2480, height: 3508, count: 3 }];
    const few = '3 of 3 images would be seen too small for their small print (illegible-reduction).';
    const warned = (asked: Partial<EstimateQuestion>) =>
      estimateForModel(getModel('gpt-4o'), images, { ...question, sight: 'print', ...asked }).warnings.at(-1);
    expect(warned({})).toMatch(`${few} With "parts": "auto" they are cut`);
    expect(warned({ partsOf: () => undefined })).toMatch(`${few} One request cannot hold enough parts`);
    expect(warned({ sight: 'overview' }) ?? '').not.toContain('illegible-reduction');
  });

  it('knows tokens but no money for a model that only stands in', () => {
    const llava = standInModel({ name: 'llava', version: '1.6' }, getModel('gpt-4o'));
    const { imageTokens, stage, cost } = estimateForModel(llava, [{ width: 150, height: 150 }], question);
    const unknown = { expected: null, max: null };
    expect({ imageTokens, stage }).toEqual({ imageTokens: 255, stage: 'unknown' });
    expect(cost).toEqual({ imagesUsd: null, inputUsd: null, outputUsd: unknown, totalUsd: unknown });
  });

  it('refuses a model with an unknown token rule, and an invalid size', () => {
    const images = [{ width: 150, height: 150 }];
    expect(() => estimateForModel(getModel('gpt-chat-latest'), images, question)).toThrow(
      'No source says how gpt-chat-latest@2026-08-06 counts images; name the model that it is like.',
    );
    expect(() => estimateForModel(seed, [{ width: 0, height: 1 }], question)).toThrow(InvalidRequest);
  });

  it('is nothing for no images', () => {
    const estimate = estimateForModel(seed, [], question);
    expect(estimate).toMatchObject({ imageTokens: 0, admissionTokens: 0, minutesAtQuota: 0, perImage: [] });
    expect(estimate.cost.totalUsd).toEqual({ expected: 0, max: 0 });
  });

  it.each(
    allModels()
      .filter(({ imageTokens }) => imageTokens.rule.kind !== 'unknown')
      .map(modelKey),
  )('estimates a 12 MP photo on %s at every quality', (key) => {
    for (const quality of ['full', 'balanced', 'economy'] as const) {
      const estimate = estimateForModel(getModel(key), [{ width: 4000, height: 3000 }], { ...question, quality });
      expect(estimate.cost.totalUsd.expected).toBeGreaterThan(0);
      expect(estimate.imageTokensRange[0]).toBeLessThanOrEqual(estimate.imageTokens);
      expect(estimate.imageTokensRange[1]).toBeGreaterThanOrEqual(estimate.imageTokens);
    }
  });
});
