import { describe, expect, it } from 'vitest';
import { getModel } from '../../shared/catalog/catalog.ts';
import { limitProblems } from '../../shared/catalog/limitProblems.ts';

const mini = getModel('gpt-4o-mini');

describe('limitProblems', () => {
  it('names every limit that a request breaks', () => {
    expect(limitProblems(mini, { images: 11, largestImageBytes: 20_000_001 })).toEqual([
      'The request has 11 images; gpt-4o-mini@2024-07-18 takes 10.',
      'The image is 20,000,001 bytes; gpt-4o-mini@2024-07-18 takes 20,000,000.',
    ]);
  });

  it('says nothing about a request that keeps them', () => {
    expect(limitProblems(mini, { images: 10, largestImageBytes: 20_000_000 })).toEqual([]);
  });
});
