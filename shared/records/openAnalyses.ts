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

/** Goes through what is not final, by the index, some of it at a time. */
export interface OpenAnalyses {
  /**
   * Some of what is not final, newest first, from where an earlier look ended; mends index rows that a crash left behind,
   * and goes on past a record that cannot be read. Without a continuation it has come to the end.
   *
   * @throws the storage's error, where it is away
   */
  open(look: { readonly limit: number; readonly continuation?: string }): Promise<OpenLook>;
  /** Row keys of what is not final, newest first, without reading the records: some may have ended meanwhile. */
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
  /** A row key: only later rows, which are of older analyses. */
  readonly after?: string;
}

/** An index row whose record is missing may be of an analysis that is just being created; after this it is not. */
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
    // The record has moved on; or the row is of a second creator, who died before it could take its row away.
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
