import { describe, expect, it } from 'vitest';
import { getModel } from '../../shared/catalog/catalog.ts';
import { detailsOf, nearestDetail } from '../../shared/tokens/seenByModel.ts';

describe('detailsOf', () => {
  it.each([
    ['gpt-4o', ['low', 'high']],
    ['gpt-5.4', ['low', 'high', 'original']],
    ['gpt-chat-latest', []],
  ])('of %s is %j', (name, details) => {
    expect(detailsOf(getModel(name))).toEqual(details);
  });
});

describe('nearestDetail', () => {
  it('is high where a model cannot look at the original', () => {
    expect(nearestDetail(getModel('gpt-4o'), 'original')).toBe('high');
    expect(nearestDetail(getModel('gpt-5.5'), 'original')).toBe('original');
  });
});
