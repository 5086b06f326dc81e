import type { NumberContext } from '../numbers/numberContext.ts';
import { numberFindings, type ReadPlace } from '../numbers/numberFindings.ts';
import type { Finding } from '../reading.ts';
import { checkNumbers } from './readTable.ts';
import type { TableReply } from './tableShape.ts';

/** Each is compared with each. */
const MAX_COMPARED_SPANS = 200;

/**
 * Of each table: at least one column, rows as wide as the header, spans within the grid and apart from each other, numbers
 * where numbers were promised.
 */
export function checkTables(tables: readonly TableReply[], context: NumberContext): readonly Finding[] {
  const places: ReadPlace[] = [];
  const findings = tables.flatMap((table, index): readonly Finding[] => {
    const place = `tables[${index}]`;
    if (table.columns.length === 0) {
      return [{ code: 'empty-answer', detail: `${place} has no columns.`, repair: true }];
    }
    const numbers = checkNumbers(table, place, context);
    places.push(...numbers.places);
    return [...checkRows(table, place), ...checkMerged(table, place), ...numbers.findings];
  });
  return [...findings, ...numberFindings(places, context.language)];
}

function checkRows({ columns, rows }: TableReply, place: string): readonly Finding[] {
  const wrong = rows.flatMap((row, index) => (row.length === columns.length ? [] : [index]));
  const [first] = wrong;
  if (first === undefined) return [];
  const cells = rows[first]?.length ?? 0;
  const more = wrong.length === 1 ? '' : ` ${wrong.length} rows in all differ.`;
  const detail = `${place}.rows[${first}] has ${cells} cells, the table has ${columns.length} columns.${more}`;
  return [{ code: 'ragged-table', detail, repair: true }];
}

type Span = TableReply['merged'][number];

function checkMerged({ columns, rows, merged }: TableReply, place: string): readonly Finding[] {
  const outside = merged.findIndex(
    (span) =>
      Math.min(span.row, span.column, span.rows - 1, span.columns - 1) < 0 ||
      span.row + span.rows > rows.length ||
      span.column + span.columns > columns.length,
  );
  if (outside >= 0) {
    const grid = `${rows.length} rows and ${columns.length} columns`;
    const detail = `${place}.merged[${outside}] reaches outside the table's ${grid}.`;
    return [{ code: 'merged-cells', detail, repair: true }];
  }
  const compared = merged.slice(0, MAX_COMPARED_SPANS);
  const second = compared.findIndex((span, index) => compared.slice(0, index).some((other) => overlap(span, other)));
  if (second < 0) return [];
  return [{ code: 'merged-cells', detail: `${place}.merged[${second}] overlaps another one.`, repair: true }];
}

function overlap(one: Span, other: Span): boolean {
  return (
    one.row < other.row + other.rows &&
    other.row < one.row + one.rows &&
    one.column < other.column + other.columns &&
    other.column < one.column + one.columns
  );
}
