import { describe, expect, it } from 'vitest';
import { pageSize, pixelsPerPoint } from '../../shared/documents/pdf/pageSize.ts';

describe('pageSize', () => {
  it.each([
    ['A4', 595, 842, 2479, 3508],
    ['a business card', 240, 155, 1000, 646],
    ['a poster of 200 inches', 14_400, 7_200, 16_000, 8_000],
    ['a thread', 1, 0.01, 4, 1],
  ])('%s of %d x %d points counts as %d x %d pixels', (_, widthPt, heightPt, width, height) => {
    expect(pageSize({ widthPt, heightPt })).toEqual({ width, height });
  });

  it('is at 300 dpi unless the page is larger than any picture', () => {
    expect(pixelsPerPoint({ widthPt: 595, heightPt: 842 })).toBeCloseTo(300 / 72);
    expect(pixelsPerPoint({ widthPt: 14_400, heightPt: 100 })).toBeCloseTo(16_000 / 14_400);
  });
});
