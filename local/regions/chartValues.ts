import type { SeenWord } from './seen.ts';
import { cellText, rowsOf } from './tableGrid.ts';

/** What words alone tell of a chart: categories in a row, and above each the number that is printed there. */
export interface ChartValues {
  readonly points: readonly { readonly category: string; readonly value: number }[];
  readonly words: readonly SeenWord[];
}

const leastPoints = 3;

/**
 * The printed values of a chart of bars or points, found by where words stand: a row of categories, at least
 * three of which, and half, have a number above them, the nearest ones mostly at different heights (at one height it is
 * a table). Values that are not printed are not found, since nothing is measured.
 *
 * @returns undefined where the words do not stand like that.
 */
export function chartValues(words: readonly SeenWord[]): ChartValues | undefined {
  const numbers = words.filter((word) => amountOf(word.text) !== undefined);
  for (const row of rowsOf(words).reverse()) {
    if (row.cells.length < leastPoints) continue;
    const single = row.cells.flatMap((cell) => {
      const [nearest] = numbers
        .filter((number) => number.bottom <= row.top && centre(number) >= cell.left && centre(number) <= cell.right)
        .sort((one, other) => other.bottom - one.bottom);
      const value = nearest && amountOf(nearest.text);
      return nearest && value !== undefined ? [{ cell, number: nearest, value }] : [];
    });
    const letterPx = row.bottom - row.top;
    const heights = new Set(single.map(({ number }) => Math.round(number.top / letterPx)));
    if (single.length < leastPoints || single.length * 2 < row.cells.length) continue;
    if (heights.size * 2 <= single.length) continue;
    return {
      points: single.map(({ cell, value }) => ({ category: cellText(cell), value })),
      words: single.flatMap(({ cell, number }) => [...cell.words, number]),
    };
  }
  return undefined;
}

/** The number that a word is, with its thousands' commas and its unit sign left out; undefined for other words. */
export function amountOf(text: string): number | undefined {
  const plain = text.replaceAll(',', '').replace(/^[$€£]|[%€]$/g, '');
  return /^-?\d+(\.\d+)?$/.test(plain) ? Number(plain) : undefined;
}

function centre(word: SeenWord): number {
  return (word.left + word.right) / 2;
}
