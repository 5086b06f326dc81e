import { describe, expect, it } from 'vitest';
import { isNestedDeeperThan } from '../../../shared/tasks/schema/jsonValue.ts';

describe('isNestedDeeperThan', () => {
  it.each([
    [1, 0, false],
    [[1], 1, false],
    [[[1]], 1, true],
    [{ a: { b: [] } }, 2, false],
    [{ a: { b: [1] } }, 2, true],
  ])('of %j and %i levels is %s', (value, levels, expected) => {
    expect(isNestedDeeperThan(value, levels)).toBe(expected);
  });

  it('finds a hundred thousand levels without recursion', () => {
    let deep: unknown = 1;
    for (let level = 0; level < 100_000; level++) deep = [deep];
    expect(isNestedDeeperThan(deep, 50)).toBe(true);
  });
});
