import type { TableClient, TableEntityResult } from '@azure/data-tables';
import type { z } from 'zod';
import { parseStored, SpoiltRow } from './spoiltRow.ts';

/**
 * All reads of several table rows go through here, for the rules of the real service that Azurite does not have
 * (Microsoft Learn, "Query timeout and pagination" and "Query operators supported for the Table service", 2026-11):
 * `$top` over 1,000 is refused with 400, and a page may end early, at a border of partitions, or be empty and still have a
 * continuation. An `or` over keys is read as a scan, so a query has ranges, which are read in turn.
 */

/** The largest `$top` that the service takes, and the most rows that it puts into a page. */
export const MOST_ROWS_A_PAGE = 1_000;

/** A read that found rows stops after this many pages, full or not. */
const MOST_PAGES_A_READ = 20;

interface RowQuery<Row> {
  /** Of what is read of a row. */
  readonly schema: z.ZodType<Row>;
  /** Receives rows that do not fit their schema, which are skipped; without it such a row ends the read. */
  readonly onSpoilt?: (spoilt: SpoiltRow) => void;
  /** OData filters, one for each range of keys, in the order of the keys. A range is read when those before it have ended. */
  readonly ranges: readonly string[];
  /** Properties to give; all without it. */
  readonly select?: readonly string[];
  /** Rows of a page, at most 1,000. @default 1000 */
  readonly pageRows?: number;
}

/** Pages as the service gives them: one for each request, empty ones included, until the last range has ended. */
export async function* queryPages<Row>(table: TableClient, query: RowQuery<Row>): AsyncGenerator<readonly Row[], void> {
  const { ranges, select, pageRows = MOST_ROWS_A_PAGE } = query;
  const maxPageSize = Math.max(1, Math.min(pageRows, MOST_ROWS_A_PAGE));
  for (const filter of ranges) {
    const queryOptions = { filter, ...(select && { select: [...select] }) };
    for await (const page of table.listEntities({ queryOptions }).byPage({ maxPageSize })) {
      yield page.flatMap((row) => rowsOf(row, table.tableName, query));
    }
  }
}

function rowsOf<Row>(row: TableEntityResult<object>, home: string, query: RowQuery<Row>): readonly Row[] {
  try {
    return [parseStored(query.schema, row, { home, key: `${row.rowKey}` })];
  } catch (error) {
    if (!(error instanceof SpoiltRow) || !query.onSpoilt) throw error;
    query.onSpoilt(error);
    return [];
  }
}

/** Every row of the ranges, in the order of the keys; the next page is asked for when it is needed. */
export async function* queryRows<Row>(table: TableClient, query: RowQuery<Row>): AsyncGenerator<Row, void> {
  for await (const page of queryPages<Row>(table, query)) yield* page;
}

/** The first rows of a query. */
export interface RowsRead<Row> {
  readonly rows: readonly Row[];
  /** There are no rows after these. False also where the read stopped before it could know. */
  readonly isEnd: boolean;
  /** Requests that it took. */
  readonly pages: number;
}

/**
 * The first `most` rows. Returns fewer if the ranges end, or after 20 pages, but at least one if there is one, so that
 * a caller can always continue after the last row.
 *
 * @example await readRows(table, { schema, ranges: ["PartitionKey eq 'a'", "PartitionKey gt 'a'"], most: 2000 }) // {
 * rows: [...2000 rows], isEnd: false, pages: 2 }
 */
export async function readRows<Row>(
  table: TableClient,
  query: Omit<RowQuery<Row>, 'pageRows'> & { readonly most: number },
): Promise<RowsRead<Row>> {
  const { most, ...ranges } = query;
  const rows: Row[] = [];
  let pages = 0;
  for await (const page of queryPages<Row>(table, { ...ranges, pageRows: most })) {
    pages += 1;
    rows.push(...page);
    if (rows.length >= most || (rows.length > 0 && pages >= MOST_PAGES_A_READ)) {
      return { rows: rows.slice(0, most), isEnd: false, pages };
    }
  }
  return { rows, isEnd: true, pages };
}
