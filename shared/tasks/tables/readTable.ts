import type { NumberContext } from '../numbers/numberContext.ts';
import type { ReadPlace } from '../numbers/numberFindings.ts';
import { type NumberReading, readNumbers } from '../numbers/readNumbers.ts';
import type { Finding } from '../reading.ts';
import type { TableReply } from './tableShape.ts';

type Grid = Pick<TableReply, 'columns' | 'rows'>;

/** The printed numbers of a table: they show how it prints numbers. */
export function tableTexts({ columns, rows }: Grid): readonly string[] {
  return columns.flatMap(({ type }, place) => (type === 'number' ? cellsOf(rows, place) : []));
}

/** The cells of each column of numbers, a row each: read as a whole, then with the table, then with the document. */
export function readTable(table: Grid, { document, language }: NumberContext): readonly Column[] {
  const circles = [tableTexts(table), document];
  return table.columns.map(({ type }, column) => {
    if (type !== 'number') return null;
    return readNumbers(cellsOf(table.rows, column), { circles, ...(language === undefined ? {} : { language }) });
  });
}

/** Null for a column of words or dates. */
type Column = readonly NumberReading[] | null;

/** A dash in a column of numbers is an empty cell. Up to half of the other cells may be words ("n/a", "total"). */
export function checkNumbers(
  table: Grid,
  at: string,
  context: NumberContext,
): { readonly findings: readonly Finding[]; readonly places: readonly ReadPlace[] } {
  const findings: Finding[] = [];
  const places = readTable(table, context).flatMap((readings, column): readonly ReadPlace[] => {
    if (readings === null) return [];
    const place = `${at}.columns[${column}]`;
    const filled = table.rows.filter((row) => !DASHES.test(row[column] ?? '')).length;
    const numbers = readings.filter(({ kind }) => kind === 'value' || kind === 'ambiguous').length;
    if (numbers * 2 >= filled) return [{ place, readings }];
    const detail = `${place} is said to hold numbers; ${numbers} of ${filled} cells do.`;
    findings.push({ code: 'cell-type', detail, repair: false });
    // That finding covers those without a value.
    return [{ place, readings: readings.filter(({ kind }) => kind !== 'unread') }];
  });
  return { findings, places };
}

const DASHES = /^[\s\p{Pd}−]*$/u;

function cellsOf(rows: Grid['rows'], column: number): readonly string[] {
  return rows.map((row) => row[column] ?? '');
}
