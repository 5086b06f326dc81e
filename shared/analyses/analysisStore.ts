import type { TableClient } from '@azure/data-tables';
import { groupOf, INDEX_GROUPS, type IndexGroup, idOfRow, indexFilter, indexKey, indexRowOf } from './analysisIndex.ts';
import { type AnalysisRecord, isFinal, type Status } from './analysisRecord.ts';
import { statusOf } from './storageStatus.ts';

/** A record with the version that a conditional write names. */
export interface StoredAnalysis {
  readonly record: AnalysisRecord;
  readonly version: string;
}

export interface AnalysisStore {
  /** Keeps a new record, unless one with its id is there: then that one is given. */
  insert(record: AnalysisRecord): Promise<{ readonly kind: 'inserted' | 'exists'; readonly stored: StoredAnalysis }>;
  find(id: string): Promise<StoredAnalysis | undefined>;
  /** Replaces the version that was read; `changed` when somebody was faster. */
  replace(
    stored: StoredAnalysis,
    record: AnalysisRecord,
  ): Promise<{ readonly kind: 'replaced'; readonly stored: StoredAnalysis } | { readonly kind: 'changed' }>;
  /** Takes back a record of work that never left the house. */
  remove(record: AnalysisRecord): Promise<void>;
  /** Newest first. */
  list(query: ListQuery): Promise<ListPage>;
  /** What is not final, newest first; mends index rows that a crash left behind. */
  open(): AsyncIterable<StoredAnalysis>;
}

export interface ListQuery {
  readonly status?: Status;
  readonly prefix?: string;
  /** 1 to 200. */
  readonly limit: number;
  readonly continuation?: string;
}

export interface ListPage {
  readonly records: readonly AnalysisRecord[];
  readonly continuation?: string;
}

/** Tables of the data account; the template and the local cloud make them. */
export const TABLES = { analyses: 'analyses', byTime: 'analysesByTime' } as const;

interface RecordRow {
  readonly partitionKey: string;
  readonly rowKey: string;
  readonly status: string;
  readonly record: string;
}

/** An index row whose record is missing may be of an analysis that is just being created; after this it is not. */
const ORPHAN_AFTER_MS = 60_000;

export function createAnalysisStore(dependencies: {
  readonly analyses: TableClient;
  readonly byTime: TableClient;
  readonly now: () => number;
}): AnalysisStore {
  const { analyses, byTime, now } = dependencies;

  async function find(id: string): Promise<StoredAnalysis | undefined> {
    try {
      const row = await analyses.getEntity<RecordRow>(partitionOf(id), id);
      return { record: JSON.parse(row.record) as AnalysisRecord, version: row.etag };
    } catch (error) {
      if (statusOf(error) === 404) return undefined;
      throw error;
    }
  }

  async function insert(record: AnalysisRecord): ReturnType<AnalysisStore['insert']> {
    // The index row comes first: an open record without one would be invisible to the timer that takes up lost work.
    await byTime.upsertEntity(indexRowOf(record), 'Replace');
    try {
      const { etag } = await analyses.createEntity(rowOf(record));
      return { kind: 'inserted', stored: { record, version: etag ?? '' } };
    } catch (error) {
      if (statusOf(error) !== 409) throw error;
      const stored = await find(record.id);
      if (!stored) throw error;
      if (stored.record.createdAtMs !== record.createdAtMs || isFinal(stored.record.status)) {
        await removeIndexRow('open', record);
      }
      return { kind: 'exists', stored };
    }
  }

  async function replace(stored: StoredAnalysis, record: AnalysisRecord): ReturnType<AnalysisStore['replace']> {
    try {
      const { etag } = await analyses.updateEntity(rowOf(record), 'Replace', { etag: stored.version });
      const moved = groupOf(stored.record.status) !== groupOf(record.status);
      if (moved) await moveIndexRow(stored.record, record);
      return { kind: 'replaced', stored: { record, version: etag ?? '' } };
    } catch (error) {
      const status = statusOf(error);
      if (status === 412 || status === 404) return { kind: 'changed' };
      throw error;
    }
  }

  async function moveIndexRow(before: AnalysisRecord, after: AnalysisRecord): Promise<void> {
    await byTime.upsertEntity(indexRowOf(after), 'Replace');
    await removeIndexRow(groupOf(before.status), before);
  }

  async function removeIndexRow(group: IndexGroup, record: AnalysisRecord): Promise<void> {
    const key = indexKey(group, record.createdAtMs, record.id);
    await byTime.deleteEntity(key.partitionKey, key.rowKey).catch(ignoreMissing);
  }

  async function remove(record: AnalysisRecord): Promise<void> {
    await analyses.deleteEntity(partitionOf(record.id), record.id).catch(ignoreMissing);
    await removeIndexRow(groupOf(record.status), record);
  }

  async function list(query: ListQuery): Promise<ListPage> {
    const groups = query.status ? [groupOf(query.status)] : INDEX_GROUPS;
    const found: AnalysisRecord[] = [];
    let after = query.continuation;
    for (;;) {
      const keys = await newestKeys(groups, { ...query, after });
      const stored = await Promise.all(keys.map((rowKey) => find(idOfRow(rowKey))));
      for (const [place, rowKey] of keys.entries()) {
        after = rowKey;
        const record = stored[place]?.record;
        if (!record || (query.status && record.status !== query.status)) continue;
        found.push(record);
        if (found.length === query.limit) {
          return place < keys.length - 1 || keys.length === query.limit
            ? { records: found, continuation: rowKey }
            : { records: found };
        }
      }
      if (keys.length < query.limit) return { records: found };
    }
  }

  /** Row keys of the next page over several groups, newest first: each group's next `limit`, merged. */
  async function newestKeys(
    groups: readonly IndexGroup[],
    query: { readonly prefix?: string; readonly after?: string | undefined; readonly limit: number },
  ): Promise<readonly string[]> {
    const pages = await Promise.all(
      groups.map(async (group) => {
        const filter = indexFilter({
          group,
          ...(query.prefix ? { prefix: query.prefix } : {}),
          ...(query.after ? { after: query.after } : {}),
        });
        const keys: string[] = [];
        for await (const row of byTime.listEntities({ queryOptions: { filter, select: ['RowKey'] } })) {
          keys.push(String(row.rowKey));
          if (keys.length === query.limit) break;
        }
        return keys;
      }),
    );
    return [...new Set(pages.flat())].sort().slice(0, query.limit);
  }

  async function* open(): AsyncIterable<StoredAnalysis> {
    for await (const row of byTime.listEntities({ queryOptions: { filter: indexFilter({ group: 'open' }) } })) {
      const rowKey = String(row.rowKey);
      const stored = await find(idOfRow(rowKey));
      if (stored && !isFinal(stored.record.status)) yield stored;
      else if (stored) await moveIndexRow({ ...stored.record, status: 'queued' }, stored.record);
      else if (now() - createdAtOf(rowKey) > ORPHAN_AFTER_MS)
        await byTime.deleteEntity(String(row.partitionKey), rowKey).catch(ignoreMissing);
    }
  }

  return { insert, find, replace, remove, list, open };
}

function createdAtOf(rowKey: string): number {
  return 9_999_999_999_999 - Number(rowKey.slice(0, 13));
}

function rowOf(record: AnalysisRecord): RecordRow {
  return {
    partitionKey: partitionOf(record.id),
    rowKey: record.id,
    status: record.status,
    record: JSON.stringify(record),
  };
}

/** Two hexadecimal digits: 256 partitions spread the load of point reads and writes. */
function partitionOf(id: string): string {
  return id.slice(0, 2);
}

function ignoreMissing(error: unknown): void {
  if (statusOf(error) !== 404) throw error;
}
