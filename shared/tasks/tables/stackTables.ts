import type { TableReply } from './tableShape.ts';

/**
 * Both as one table: the columns of the one above, the rows of both.
 *
 * @param moved by how many rows a cell of the one below stands lower than its `merged` says
 */
export function stackTables(above: TableReply, below: TableReply, { moved }: { readonly moved: number }): TableReply {
  const keep = above.rows.length;
  return {
    title: above.title ?? below.title,
    columns: above.columns.map((column, place) => ({
      ...column,
      unit: column.unit ?? below.columns[place]?.unit ?? null,
    })),
    rows: [...above.rows, ...below.rows],
    merged: [
      ...above.merged.filter(({ row, rows: span }) => row + span <= keep),
      ...below.merged.map((span) => ({ ...span, row: span.row + moved })).filter(({ row }) => row >= keep),
    ],
    notes: [...new Set([...above.notes, ...below.notes])],
  };
}

/** The words of a row, whatever their case and their signs: `comparableRow(['No.', ' Amount (EUR)'])` is `'no amounteur'`. */
export function comparableRow(cells: readonly string[]): string {
  return cells
    .map((cell) => cell.toLowerCase().replaceAll(/[^\p{L}\p{N}]+/gu, ''))
    .join(' ')
    .trim();
}
