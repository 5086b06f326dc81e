import { describe, expect, it } from 'vitest';
import { allModels, findModel, getModel, modelKey, nearestModels } from '../../shared/catalog/catalog.ts';
import { InvalidRequest } from '../../shared/errors.ts';

describe('findModel', () => {
  it.each([
    ['gpt-4@vision-preview', 'gpt-4@vision-preview'],
    ['gpt-4o', 'gpt-4o@2024-11-20'],
    ['gpt-4o@2024-08-06', 'gpt-4o@2024-08-06'],
    ['gpt-4', 'gpt-4@turbo-2024-04-09'],
    ['o3', 'o3@2025-04-16'],
    [' GPT-4O-mini ', 'gpt-4o-mini@2024-07-18'],
  ])('takes %j for %s', (reference, key) => {
    const model = findModel(reference);
    expect(model && modelKey(model)).toBe(key);
  });

  it.each(['', 'gpt-4@', 'gpt-4@0613', 'claude', '__proto__'])('does not know %j', (reference) => {
    expect(findModel(reference)).toBeUndefined();
  });

  it('finds every row by its own key', () => {
    for (const model of allModels()) expect(findModel(modelKey(model))).toBe(model);
  });
});

describe('getModel', () => {
  it('names the nearest models when there is none of that name', () => {
    expect(() => getModel('gpt-4@vision')).toThrow(InvalidRequest);
    expect(() => getModel('gtp-4o')).toThrow(
      'The model "gtp-4o" is not in the catalogue; the nearest are gpt-4o, gpt-4, gpt-4.1.',
    );
  });

  it('repeats no more than the beginning of a very long name', () => {
    expect(() => getModel('x'.repeat(100_000))).toThrow(/^The model "x{80}" is not/);
  });
});

describe('nearestModels', () => {
  it('puts the closest spelling first', () => {
    expect(nearestModels('gpt-4@vision-previw')[0]).toBe('gpt-4@vision-preview');
    expect(nearestModels('gpt4o-mini')[0]).toBe('gpt-4o-mini');
  });
});
