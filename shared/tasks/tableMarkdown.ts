import { escapeCell } from './escapeMarkdown.ts';

export interface Grid {
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
  const places = Array.from({ length: columns }, (_, place) => place);
  const full = places.map((place) => header[place] ?? '');
  const lines = [full, ...rows].map((row) => row.map(escapeCell));
  const widths = places.map((place) => lines.reduce((widest, line) => Math.max(widest, line[place]?.length ?? 0), 3));
  const padded = widths.map((width) => (width > MAX_PADDED_WIDTH ? 3 : width));

  const rule = places.map((place) => {
    const dashes = '-'.repeat((padded[place] ?? 3) - (numeric.includes(place) ? 1 : 0));
    return numeric.includes(place) ? `${dashes}:` : dashes;
  });
  const [head = [], ...body] = lines.map((line) =>
    line.map((cell, place) => {
      const width = padded[place] ?? 3;
      return numeric.includes(place) ? cell.padStart(width) : cell.padEnd(width);
    }),
  );
  return [head, rule, ...body].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}
