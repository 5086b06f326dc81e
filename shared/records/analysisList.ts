import type { TableClient } from '@azure/data-tables';
import { inParallel } from '../concurrency/inParallel.ts';
import { MOST_ROWS_A_PAGE, type RowsRead, readRows } from '../storage/queryRows.ts';
import { SpoiltRow } from '../storage/spoiltRow.ts';
import {
  groupOf,
  INDEX_GROUPS,
  type IndexGroup,
  idOfRow,
  indexRanges,
  type ListedRow,
  listedRowSchema,
} from './analysisIndex.ts';
import type { AnalysisRecord, Status } from './analysisRecord.ts';
import { pageOfId } from './analysisSource.ts';
import { shownStatus } from './analysisView.ts';

export interface ListQuery {
  readonly status?: Status;
  /** Instead of a status: `open` is everything that is not final. */
  readonly group?: IndexGroup;
  readonly prefix?: string;
  /** 1 to 200. */
  readonly limit: number;
  readonly continuation?: string;
  /** Also the pages of documents, which stand in their document otherwise. */
  readonly withPages?: boolean;
}

/** A page may be short or empty and still have a continuation. Only a page without one is the last. */
export interface ListPage {
  readonly records: readonly AnalysisRecord[];
  readonly continuation?: string;
}

interface Tables {
  readonly byTime: TableClient;
  readonly find: (id: string) => Promise<{ readonly record: AnalysisRecord } | undefined>;
  /** Receives rows that are skipped because they cannot be read. */
  readonly onSpoilt: (spoilt: SpoiltRow) => void;
}

/** A call ends when it has read this many records, ... */
const MOST_RECORDS = 1_000;
/** ... index rows, ... */
const MOST_ROWS = 10_000;
/** ... or pages of index rows. */
const MOST_PAGES = 40;

/** Records to read at once where most of them are expected not to match. */
const SEARCHED_AT_ONCE = 64;

/**
 * One page of analyses, newest first: index rows in their order, each with its record as it is now. The work of a call is
 * bounded (docs/decisions/2026-11-30-bounded-lists.md).
 */
export async function listAnalyses(query: ListQuery, tables: Tables): Promise<ListPage> {
  const { limit, status, prefix = '', group = status && groupOf(status), withPages = false } = query;
  // For open rows only the record has the status; of all others few are skipped.
  const isSearch = status !== undefined && group === 'open';
  const rowsAtOnce = isSearch || prefix !== '' ? MOST_ROWS_A_PAGE : limit + 1;
  const found: AnalysisRecord[] = [];
  let groups = group ? [group] : INDEX_GROUPS;
  let after = query.continuation;
  let pages = 0;
  let rows = 0;
  let reads = 0;
  for (;;) {
    const read = await Promise.all(groups.map((each) => rowsAfter(each, { after, most: rowsAtOnce }, tables)));
    const merged = inKeyOrder(read);
    const named = merged.rows.filter(({ name, rowKey }) => name.startsWith(prefix) && (withPages || !isPage(rowKey)));
    for (let at = 0; at < named.length; ) {
      const wanted = limit - found.length;
      const some = named.slice(at, at + (isSearch ? Math.max(wanted, SEARCHED_AT_ONCE) : wanted));
      const stored = await inParallel(some, ({ rowKey }) => findReadable(idOfRow(rowKey), tables));
      reads += some.length;
      for (const [place, { rowKey }] of some.entries()) {
        at += 1;
        const record = stored[place]?.record;
        // A row may be out of date. The record decides.
        if (!record || (status && shownStatus(record) !== status)) continue;
        found.push(record);
        if (found.length < limit) continue;
        return merged.isEnd && at === named.length ? { records: found } : { records: found, continuation: rowKey };
      }
      const last = some.at(-1);
      if (reads >= MOST_RECORDS && last && at < named.length) return { records: found, continuation: last.rowKey };
    }
    if (merged.isEnd) return { records: found };
    after = merged.rows.at(-1)?.rowKey ?? after;
    pages += read.reduce((sum, each) => sum + each.pages, 0);
    rows += read.reduce((sum, each) => sum + each.rows.length, 0);
    if (pages >= MOST_PAGES || rows >= MOST_ROWS || reads >= MOST_RECORDS) {
      return { records: found, ...(after === undefined ? {} : { continuation: after }) };
    }
    // A group that was read completely is read again while it has rows after the last position that all groups have
    // reached.
    groups = groups.filter((_, place) => {
      const { isEnd = true, rows: ofGroup = [] } = read[place] ?? {};
      return !isEnd || ofGroup.some(({ rowKey }) => after === undefined || rowKey > after);
    });
  }
}

function isPage(rowKey: string): boolean {
  return pageOfId(idOfRow(rowKey)) !== undefined;
}

async function rowsAfter(
  group: IndexGroup,
  { after, most }: { readonly after: string | undefined; readonly most: number },
  { byTime, onSpoilt }: Tables,
): Promise<RowsRead<ListedRow>> {
  const what = { schema: listedRowSchema, select: ['RowKey', 'name'], onSpoilt };
  return await readRows(byTime, { ...what, ranges: indexRanges(group, after), most });
}

async function findReadable(id: string, { find, onSpoilt }: Tables): ReturnType<Tables['find']> {
  try {
    return await find(id);
  } catch (error) {
    if (!(error instanceof SpoiltRow)) throw error;
    onSpoilt(error);
    return undefined;
  }
}

/**
 * Merges the rows of all reads by key, without duplicates, up to the last key that every read has reached. After the
 * last row of an unfinished read there may be more.
 *
 * @example inKeyOrder([{ rows: [{ rowKey: '1' }, { rowKey: '4' }], isEnd: true }, { rows: [{ rowKey: '2' }], isEnd:
 * false }]) // { rows: [{ rowKey: '1' }, { rowKey: '2' }], isEnd: false }
 */
export function inKeyOrder<Row extends { readonly rowKey: string }>(
  reads: readonly { readonly rows: readonly Row[]; readonly isEnd: boolean }[],
): { readonly rows: readonly Row[]; readonly isEnd: boolean } {
  const keyOf = ({ rowKey }: Row): string => rowKey;
  const known = reads.flatMap(({ rows, isEnd }) => (isEnd ? [] : rows.slice(-1).map(keyOf))).sort()[0];
  // A record that is changing its group has a row in both, with the same key.
  const byKey = new Map(reads.flatMap(({ rows }) => rows.map((row) => [keyOf(row), row] as const)));
  const inOrder = [...byKey].sort(([left], [right]) => (left < right ? -1 : 1));
  const rows = inOrder.filter(([key]) => known === undefined || key <= known).map(([, row]) => row);
  return { rows, isEnd: reads.every(({ isEnd }) => isEnd) };
}
