import { describe, expect, it } from 'vitest';
import { getModel } from '../../shared/catalog/catalog.ts';
import { estimateForModel } from '../../shared/tokens/estimateForModel.ts';
import { sizeClasses } from '../../shared/tokens/sizeClasses.ts';

const classesOn = (name: string, images: readonly { width: number; height: number; count?: number }[]) =>
  sizeClasses(
    estimateForModel(getModel(name), images, {
      detail: 'high',
      quality: 'full',
      textTokens: 0,
      outputTokens: { expected: 0, max: 0 },
      tokensPerMinute: null,
      requestsPerMinute: null,
      nowMs: 0,
    }).perImage,
  );

describe('sizeClasses', () => {
  it('sums by the longest side, each class up to and including its edge', () => {
    const images = [
      { width: 4000, height: 3000 },
      { width: 150, height: 150, count: 3 },
      { width: 256, height: 10 },
      { width: 10, height: 257 },
    ];
    expect(classesOn('gpt-4@vision-preview', images)).toEqual([
      { longestSide: 256, images: 4, tokens: 1020, usd: 0.0102 },
      { longestSide: 512, images: 1, tokens: 255, usd: 0.00255 },
      { longestSide: 4096, images: 1, tokens: 765, usd: 0.00765 },
    ]);
  });

  it('adds up to the cost of the images, to the micro-USD', () => {
    const images = [
      { width: 640, height: 480, count: 10_000 },
      { width: 1200, height: 900, count: 3 },
    ];
    const usd = classesOn('gpt-4o', images).map((each) => each.usd);
    // 425 tokens at 2.50 USD per million are 1,062.5 micro-USD.
    expect(usd).toEqual([10.625, 0.005738]);
  });

  it('knows no sum of a class with an image whose price is not known', () => {
    const entry = (index: number, usd: number | null) => {
      const size = { width: 100, height: 100, tokens: 85 };
      return { ...size, index, count: 1, usd, sent: { ...size, usd } };
    };
    for (const prices of [
      [null, 0.01],
      [0.01, null],
      [null, null],
    ]) {
      const classes = sizeClasses(prices.map((usd, index) => entry(index, usd)));
      expect(classes).toEqual([{ longestSide: 256, images: 2, tokens: 170, usd: null }]);
    }
  });

  it('has no class without images', () => {
    expect(classesOn('gpt-4o', [])).toEqual([]);
  });
});
