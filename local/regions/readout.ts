import { amountOf, type ChartValues, chartValues } from './chartValues.ts';
import type { Seen, SeenLine } from './seen.ts';
import { type TableGrid, tableGrids } from './tableGrid.ts';

/** What the emulated model makes of what it saw: the parts that answers are put together from. */
export interface Readout {
  readonly seen: Seen;
  readonly lines: readonly string[];
  readonly tables: readonly TableGrid[];
  readonly chart: ChartValues | undefined;
  /** In reading order. `isHeading`: one line in larger letters than most. */
  readonly paragraphs: readonly Paragraph[];
  /** Those that stand in no table and no chart. */
  readonly apart: readonly Paragraph[];
}

export interface Paragraph {
  readonly text: string;
  readonly isHeading: boolean;
}

/** Sorts what was seen into tables, a chart, and text. */
export function readout(seen: Seen): Readout {
  const words = seen.lines.flatMap((line) => line.words);
  const chart = chartValues(words);
  // The ticks and labels of a chart stand in rows too.
  const tables = chart ? [] : tableGrids(words);
  const taken = new Set([...tables.flatMap((table) => table.words), ...(chart?.words ?? [])]);
  const usualPx = median(seen.lines.map(letterPx));
  // Lines of nothing but numbers are the ticks of a chart's axis.
  const isTicks = (line: SeenLine): boolean => line.words.every((word) => amountOf(word.text) !== undefined);
  const apart = seen.lines.filter((line) => !line.words.some((word) => taken.has(word)) && !(chart && isTicks(line)));
  return {
    seen,
    lines: seen.lines.map((line) => line.text),
    tables,
    chart,
    paragraphs: paragraphsOf(seen.lines, usualPx),
    apart: paragraphsOf(apart, usualPx),
  };
}

function paragraphsOf(lines: readonly SeenLine[], usualPx: number): Paragraph[] {
  const paragraphs = new Map<number, SeenLine[]>();
  for (const line of lines) {
    const known = paragraphs.get(line.paragraph);
    if (known) known.push(line);
    else paragraphs.set(line.paragraph, [line]);
  }
  return [...paragraphs.values()].map((own) => ({
    text: own.map((line) => line.text).join('\n'),
    isHeading: own.length === 1 && own.every((line) => letterPx(line) > 1.3 * usualPx),
  }));
}

function letterPx(line: SeenLine): number {
  return median(line.words.map((word) => word.bottom - word.top));
}

function median(values: readonly number[]): number {
  return [...values].sort((one, other) => one - other)[Math.floor(values.length / 2)] ?? 0;
}
