import { describe, expect, it } from 'vitest';
import { fitWithin, sizeProblems } from '../../shared/tokens/imageSize.ts';

describe('fitWithin', () => {
  it.each([
    [3000, 500, 2048, 2048, 341],
    [500, 3000, 2048, 341, 2048],
    [100, 100, 2048, 100, 100],
    [100_000, 1, 2048, 2048, 1],
  ])('%d x %d within %d is %d x %d', (width, height, boxPx, fittedWidth, fittedHeight) => {
    expect(fitWithin({ width, height }, boxPx)).toEqual({ width: fittedWidth, height: fittedHeight });
  });
});

describe('sizeProblems', () => {
  const wrong = (side: string, px: number) =>
    `The ${side} is ${px}; it must be a whole number of pixels from 1 to 2,147,483,647.`;

  it.each([
    [1, 2_147_483_647, []],
    [0, 5, [wrong('width', 0)]],
    [5, 1.5, [wrong('height', 1.5)]],
    [2_147_483_648, -1, [wrong('width', 2_147_483_648), wrong('height', -1)]],
  ])('of %d x %d name each side that is none', (width, height, problems) => {
    expect(sizeProblems({ width, height })).toEqual(problems);
  });
});
