import { seededRandom } from '../../seededRandom.ts';

/** Numbers that look random and are the same for the same seed. */
export interface RandomNumbers {
  /** From 0 to just below 1. */
  readonly next: () => number;
  /** A whole number, both ends included. */
  readonly whole: (from: number, to: number) => number;
  readonly pick: <Item>(items: readonly [Item, ...Item[]]) => Item;
  /** That many different ones, or all there are, in any order. */
  readonly some: <Item>(items: readonly Item[], count: number) => readonly Item[];
}

export function createRandomNumbers(seed: number): RandomNumbers {
  const next = seededRandom(seed);
  const whole = (from: number, to: number): number => from + Math.floor(next() * (to - from + 1));
  const some = <Item>(items: readonly Item[], count: number): readonly Item[] => {
    const left = [...items];
    return Array.from({ length: Math.min(count, items.length) }, () =>
      left.splice(whole(0, left.length - 1), 1),
    ).flat();
  };
  return { next, whole, some, pick: (items) => items[whole(0, items.length - 1)] ?? items[0] };
}
