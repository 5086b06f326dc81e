import { describe, expect, it } from 'vitest';
import { editsBetween, nearestName, nearestNames } from '../../shared/catalog/nearestNames.ts';

describe('editsBetween', () => {
  it.each([
    ['', '', 0, 0],
    ['', 'abc', 3, 3],
    ['kitten', 'sitting', 3, 3],
    ['tsak', 'task', 2, 1],
    ['ca', 'abc', 3, 3],
  ])('counts from %j to %j %i edits, and %i where a swap is one', (from, to, edits, withSwaps) => {
    expect(editsBetween(from, to)).toBe(edits);
    expect(editsBetween(from, to, { swapsAreOne: true })).toBe(withSwaps);
  });
});

describe('nearestNames', () => {
  it('gives the name that was most likely meant first', () => {
    expect(nearestNames('gtp-4o', ['o1', 'gpt-4o'])[0]).toBe('gpt-4o');
  });
});

describe('nearestName', () => {
  const known = ['task', 'question', 'quality', 'maxOutputTokens', 'models'];

  it.each([
    ['quaility', 'quality'],
    ['Quality', 'quality'],
    ['max_output_tokens', 'maxOutputTokens'],
    ['max-output-token', 'maxOutputTokens'],
    ['tasks', 'task'],
    ['model', 'models'],
    ['quesiton', 'question'],
    ['taks', 'task'],
    ['colour', undefined],
    ['__proto__', undefined],
    ['', undefined],
    ['q'.repeat(10_000), undefined],
  ])('of %j is %j', (name, nearest) => {
    expect(nearestName(name, known)).toBe(nearest);
  });
});
