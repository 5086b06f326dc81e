import { describe, expect, it } from 'vitest';
import { getModel } from '../../../shared/catalog/catalog.ts';
import { planParts } from '../../../shared/tokens/parts/partsPlan.ts';
import { partsFacts, partsText } from '../../../shared/tokens/parts/partsText.ts';

function planOf(width: number, height: number) {
  const question = { detail: 'high', quality: 'full', sight: 'print', mostTokens: Number.POSITIVE_INFINITY } as const;
  const plan = planParts(getModel('gpt-4@vision-preview'), { width, height }, question);
  if (!plan) throw new Error('The image is not cut.');
  return plan;
}

describe('partsText', () => {
  it.each([
    [
      'a page',
      2480,
      3508,
      '2 parts of 2,480 x 1,829 pixels (2 down), overlapping by 150 pixels, each sent at 1,041 x 768',
    ],
    [
      'a panorama',
      16_000,
      200,
      '5 parts of 3,441 x 200 pixels (5 across), overlapping by 301 pixels, each sent at 2,048 x 119',
    ],
    [
      'a map',
      20_000,
      3000,
      '10 parts of 5,001 x 1,564 pixels (2 down, 5 across), overlapping by 128 and 1251 pixels, each sent at 2,048 x 640',
    ],
  ])('of %s names the directions in which it is cut, and no other', (_, width, height, text) => {
    expect(partsText(planOf(width, height))).toBe(text);
  });
});

describe('partsFacts', () => {
  it('are the size of a part in pixels of the image, and the overlap to the side and down', () => {
    expect(partsFacts(planOf(20_000, 3000))).toEqual({
      count: 10,
      columns: 5,
      rows: 2,
      width: 5001,
      height: 1564,
      overlapPx: [1251, 128],
    });
    expect(partsFacts(planOf(2480, 3508)).overlapPx).toEqual([0, 150]);
  });
});
