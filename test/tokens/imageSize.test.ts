import { describe, expect, it } from 'vitest';
import { fitWithin } from '../../shared/tokens/imageSize.ts';

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
