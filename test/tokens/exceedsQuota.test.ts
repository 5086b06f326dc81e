import { describe, expect, it } from 'vitest';
import { getModel } from '../../shared/catalog/catalog.ts';
import { exceedsQuota } from '../../shared/tokens/exceedsQuota.ts';

const request = {
  model: getModel('gpt-4o'),
  detail: 'high',
  size: { width: 513, height: 513 },
  textTokens: 900,
  maxOutputTokens: 100,
  admissionTokens: 1765,
} as const;

describe('exceedsQuota', () => {
  it('names both numbers and the size that would fit', () => {
    expect(exceedsQuota(request, 1300)).toBe(
      'The request needs 1,765 tokens of quota at once; the largest deployment has 1,300 per minute. ' +
        'At 512 x 512 pixels the image would fit.',
    );
  });

  it('says so where no size would fit', () => {
    expect(exceedsQuota(request, 500)).toMatch(/No size would fit: its text and output cap alone need 1,000; ask/);
  });
});
