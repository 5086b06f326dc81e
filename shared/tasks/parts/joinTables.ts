import { OVERLAP } from '../../tokens/parts/partsGrid.ts';
import { stackTables, comparableRow as textOf } from '../tables/stackTables.ts';
import type { TableReply, TablesReply } from '../tables/tableShape.ts';
import type { PartsGrid } from '../taskRequest.ts';
import { findOverlap } from './findOverlap.ts';

const FEWEST_ROWS = 2;

/**
 * The tables of an image from those of its parts: a table that a seam between bands cuts is one again, its rows each
 * once. Tables that a seam from top to bottom cuts stay in pieces, for the halves of a row look like two tables.
 *
 * @param parts row by row; a part without an answer is undefined
 */
export function joinTables(parts: readonly (TablesReply | undefined)[], { columns }: PartsGrid): TablesReply {
  const tables: TableReply[] = [];
  let isOpen = false;
  for (const part of parts) {
    const [first, ...others] = part?.tables ?? [];
    const last = tables.at(-1);
    const whole = isOpen && columns === 1 && first && last ? joinTable(last, first) : undefined;
    if (whole) tables.splice(-1, 1, whole);
    else if (first) tables.push(first);
    tables.push(...others);
    // A part without a table may separate two parts with tables: what follows is another table.
    isOpen = first !== undefined;
  }
  return { tables, language: parts.map((part) => part?.language).find((each) => typeof each === 'string') ?? null };
}

/** Both as one table; undefined without evidence that they are one. */
function joinTable(above: TableReply, below: TableReply): TableReply | undefined {
  if (above.columns.length !== below.columns.length || above.columns.length === 0) return undefined;
  const header = below.columns.map(({ name }) => name);
  const names = above.columns.map(({ name }) => name);
  const isNamed = header.some((name) => name.trim() !== '');
  const hasSameNames = textOf(header) === textOf(names);
  // A model that does not see the header may use the first row for it.
  const hasRowAsHeader = isNamed && !hasSameNames;
  const rows = hasRowAsHeader ? [header, ...below.rows] : below.rows;
  const overlap = findOverlap(above.rows.map(textOf), rows.map(textOf), {
    expected: Math.max(FEWEST_ROWS, OVERLAP * rows.length),
    worthOf: (row) => (row === '' ? 0 : 3),
    edgeCost: 0.75,
    least: 1,
  });
  if (!overlap && hasRowAsHeader) return undefined;
  const { keep, drop } = overlap ?? { keep: above.rows.length, drop: 0 };
  return stackTables(
    { ...above, rows: above.rows.slice(0, keep) },
    { ...below, rows: rows.slice(drop) },
    {
      moved: keep - drop + (hasRowAsHeader ? 1 : 0),
    },
  );
}
