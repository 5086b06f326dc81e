import { escapeCell } from './escapeMarkdown.ts';

interface Grid {
  readonly header: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** Columns that hold numbers, by place: these are set to the right. */
  readonly numeric?: readonly number[];
}

/** Longer columns are not padded: lining them up would cost more than it shows. */
const MAX_PADDED_WIDTH = 40;

/**
 * A table of GitHub Flavored Markdown that parses back to the same grid, whatever its cells hold. A header shorter
 * than the widest row is filled with empty cells; shorter rows are left to the reader, who fills them. Empty for a grid
 * without columns.
 *
 * `tableMarkdown({ header: ['a'], rows: [['1|2']] })` is `'| a    |\n| ---- |\n| 1\\|2 |'`.
 */
export function tableMarkdown({ header, rows, numeric = [] }: Grid): string {
  const columns = rows.reduce((widest, row) => Math.max(widest, row.length), header.length);
  if (columns === 0) return '';
  const right = new Set(numeric);
  const full = Array.from({ length: columns }, (_, place) => header[place] ?? '');
  const [head = [], ...body] = [full, ...rows].map((row) => row.map(escapeCell));

  const widths = head.map((cell) => Math.max(3, cell.length));
  for (const row of body) {
    for (const [place, cell] of row.entries()) widths[place] = Math.max(widths[place] ?? 3, cell.length);
  }
  const padded = widths.map((width) => (width > MAX_PADDED_WIDTH ? 3 : width));
  const rule = padded.map((width, place) => (right.has(place) ? `${'-'.repeat(width - 1)}:` : '-'.repeat(width)));
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  const set = (cell: string, place: number): string =>
    right.has(place) ? cell.padStart(padded[place] ?? 3) : cell.padEnd(padded[place] ?? 3);
  return [head.map(set), rule, ...body.map((row) => row.map(set))].map(line).join('\n');
}

/** A column's header. `withUnit('Revenue', 'EUR')` is `'Revenue (EUR)'`. */
export function withUnit(name: string, unit: string | null): string {
  return unit === null || unit.trim() === '' ? name : `${name} (${unit})`.trim();
}
