import type { TableClient } from '@azure/data-tables';
import { groupOf, INDEX_GROUPS, type IndexGroup, idOfRow, indexFilter } from './analysisIndex.ts';
import type { AnalysisRecord, Status } from './analysisRecord.ts';

export interface ListQuery {
  readonly status?: Status;
  /** Instead of a status: `open` is everything that is not final. */
  readonly group?: IndexGroup;
  readonly prefix?: string;
  /** 1 to 200. */
  readonly limit: number;
  readonly continuation?: string;
}

export interface ListPage {
  readonly records: readonly AnalysisRecord[];
  readonly continuation?: string;
}

interface Tables {
  readonly byTime: TableClient;
  readonly find: (id: string) => Promise<{ readonly record: AnalysisRecord } | undefined>;
}

/** One page of analyses, newest first: index rows in their order, each with its record as it is now. */
export async function listAnalyses(query: ListQuery, tables: Tables): Promise<ListPage> {
  const { limit, status } = query;
  const records: AnalysisRecord[] = [];
  let after = query.continuation;
  for (;;) {
    const rowKeys = await newestRowKeys({ ...query, after }, tables.byTime);
    const found = await Promise.all(rowKeys.map((rowKey) => tables.find(idOfRow(rowKey))));
    for (const [place, rowKey] of rowKeys.entries()) {
      after = rowKey;
      const record = found[place]?.record;
      // A row may be older than its record's last step: the record decides.
      if (!record || (status && record.status !== status)) continue;
      records.push(record);
      if (records.length === limit) {
        const isLast = place === rowKeys.length - 1 && rowKeys.length < limit;
        return isLast ? { records } : { records, continuation: rowKey };
      }
    }
    if (rowKeys.length < limit) return { records };
  }
}

/** Row keys of the next page over all groups that may hold the status: each group's next `limit`, merged. */
async function newestRowKeys(
  query: ListQuery & { readonly after: string | undefined },
  byTime: TableClient,
): Promise<readonly string[]> {
  const { status, group = status && groupOf(status) } = query;
  const groups = group ? [group] : INDEX_GROUPS;
  const pages = await Promise.all(groups.map((group) => rowKeysOf(group, query, byTime)));
  // A row that is just moving stands in two groups, under the same key.
  return [...new Set(pages.flat())].sort().slice(0, query.limit);
}

async function rowKeysOf(
  group: IndexGroup,
  query: ListQuery & { readonly after: string | undefined },
  byTime: TableClient,
): Promise<readonly string[]> {
  const { prefix, after, limit } = query;
  const filter = indexFilter({ group, ...(prefix ? { prefix } : {}), ...(after ? { after } : {}) });
  const pages = byTime.listEntities({ queryOptions: { filter, select: ['RowKey'] } }).byPage({ maxPageSize: limit });
  const rowKeys: string[] = [];
  for await (const page of pages) {
    rowKeys.push(...page.map((row) => String(row.rowKey)));
    if (rowKeys.length >= limit) break;
  }
  return rowKeys.slice(0, limit);
}
