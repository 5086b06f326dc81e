import type { TableClient } from '@azure/data-tables';
import { type FailedItem, settleInParallel } from '../concurrency/inParallel.ts';
import { readRows } from '../storage/queryRows.ts';
import { ignoreMissing } from '../storage/storageError.ts';
import {
  createdAtOfRow,
  type IndexKey,
  idOfRow,
  indexKeySchema,
  indexRanges,
  indexRowOf,
  isSameKey,
} from './analysisIndex.ts';
import type { OpenRecord } from './analysisRecord.ts';
import { isStoredOpen, type StoredAnalysis } from './storedAnalysis.ts';

/** Reads open analyses by the index, in bounded steps. */
export interface OpenAnalyses {
  /**
   * A page of open analyses, newest first, from the continuation of an earlier one. Repairs index rows that a crash
   * left behind and skips records that cannot be read. The last page has no continuation.
   *
   * @throws the storage's error if it is unavailable
   */
  open(look: { readonly limit: number; readonly continuation?: string }): Promise<OpenLook>;
  /** Row keys of open analyses, newest first, without reading the records: some may have ended. */
  openKeys(look: OpenQuery): Promise<{ readonly rowKeys: readonly string[]; readonly isEnd: boolean }>;
}

interface OpenLook {
  readonly open: readonly StoredAnalysis<OpenRecord>[];
  readonly mended: number;
  /** Ids of records that could not be read. */
  readonly failed: readonly FailedItem<string>[];
  readonly continuation?: string;
}

interface OpenQuery {
  readonly most: number;
  /** A row key: only later rows, which belong to older analyses. */
  readonly after?: string;
}

/** An index row without a record may belong to an analysis that is being created, but not after this time. */
const ORPHAN_AFTER_MS = 60_000;

export function createOpenAnalyses(parts: {
  readonly byTime: TableClient;
  readonly find: (id: string) => Promise<StoredAnalysis | undefined>;
  readonly now: () => number;
}): OpenAnalyses {
  const { byTime, find, now } = parts;

  async function readOpen({ most, after }: OpenQuery): Promise<{ rows: readonly IndexKey[]; isEnd: boolean }> {
    const what = { schema: indexKeySchema, select: ['PartitionKey', 'RowKey'] };
    return await readRows(byTime, { ...what, ranges: indexRanges('open', after), most });
  }

  async function open({ limit, continuation }: Parameters<OpenAnalyses['open']>[0]): Promise<OpenLook> {
    const { rows, isEnd } = await readOpen({ most: limit, ...(continuation !== undefined && { after: continuation }) });
    const { results, failed } = await settleInParallel(rows, lookAtRow);
    const last = rows.at(-1);
    return {
      open: results.flatMap((each) => (each !== 'mended' && each !== 'none' ? [each] : [])),
      mended: results.filter((each) => each === 'mended').length,
      failed: failed.map(({ item, error }) => ({ item: idOfRow(item.rowKey), error })),
      ...(!isEnd && last ? { continuation: last.rowKey } : {}),
    };
  }

  async function lookAtRow(row: IndexKey): Promise<StoredAnalysis<OpenRecord> | 'mended' | 'none'> {
    const stored = await find(idOfRow(row.rowKey));
    const right = stored && indexRowOf(stored.record);
    if (stored && right && isSameKey(row, right) && isStoredOpen(stored)) return stored;
    // The record has another state now, or a second creator crashed before it could remove its row.
    if (right) await byTime.upsertEntity(right, 'Replace');
    else if (now() - createdAtOfRow(row.rowKey) <= ORPHAN_AFTER_MS) return 'none';
    await byTime.deleteEntity(row.partitionKey, row.rowKey).catch(ignoreMissing);
    return 'mended';
  }

  return {
    open,
    openKeys: async (look) => {
      const { rows, isEnd } = await readOpen(look);
      return { rowKeys: rows.map(({ rowKey }) => rowKey), isEnd };
    },
  };
}
