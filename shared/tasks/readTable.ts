import type { NumberContext } from './numberContext.ts';
import { numberFindings } from './numberFindings.ts';
import type { Finding } from './reading.ts';
import { type NumberReading, readNumbers } from './readNumbers.ts';
import type { TableReply } from './tables.ts';

type Grid = Pick<TableReply, 'columns' | 'rows'>;

/** The printed numbers of a table, from which is told how it prints them. */
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

/** A dash in a column of numbers is none; half of the other cells may be words ("n/a", "total"), more, and it is no such column. */
export function checkNumbers(table: Grid, place: string, context: NumberContext): readonly Finding[] {
  return readTable(table, context).flatMap((readings, column): readonly Finding[] => {
    if (readings === null) return [];
    const at = `${place}.columns[${column}]`;
    const filled = table.rows.filter((row) => !DASHES.test(row[column] ?? '')).length;
    const numbers = readings.filter(({ kind }) => kind === 'value' || kind === 'ambiguous').length;
    if (numbers * 2 >= filled) return numberFindings(at, readings, context.language);
    const detail = `${at} is said to hold numbers; ${numbers} of ${filled} cells do.`;
    return [{ code: 'cell-type', detail, repair: false }, ...numberFindings(at, readings, context.language)];
  });
}

const DASHES = /^[\s\p{Pd}−]*$/u;

function cellsOf(rows: Grid['rows'], column: number): readonly string[] {
  return rows.map((row) => row[column] ?? '');
}
