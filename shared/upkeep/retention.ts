import type { TableClient, TransactionAction } from '@azure/data-tables';
import type { BlobServiceClient } from '@azure/storage-blob';
import { type FailedItem, settleInParallel } from '../concurrency/inParallel.ts';
import {
  INDEX_GROUPS,
  type IndexGroup,
  type IndexKey,
  idOfRow,
  indexKeySchema,
  indexRanges,
  rowKeyBefore,
} from '../records/analysisIndex.ts';
import { isFinal } from '../records/analysisRecord.ts';
import { type AnalysisRow, partitionOf, recordOf } from '../records/analysisRow.ts';
import { requestDigest } from '../requests/analysisRequest.ts';
import type { AnswerIndex } from '../results/answerIndex.ts';
import { readRows } from '../storage/queryRows.ts';
import { ignoreMissing } from '../storage/storageError.ts';
import { type Removal, type RemovalTerms, type RemoveBlobs, removeOldBlobs } from './removeOldBlobs.ts';

/** Removes what has reached its retention, in bounded runs, and skips what cannot be removed. */
export interface Retention {
  /** Records of ended analyses; their answers are no longer reused. */
  removeRecords(terms: RemovalTerms): Promise<Removal>;
  removeUsage(terms: RemovalTerms): Promise<Removal>;
  removeBlobs: RemoveBlobs;
}

const KEYS = { schema: indexKeySchema, select: ['PartitionKey', 'RowKey'] };

const FINAL_GROUPS: readonly IndexGroup[] = INDEX_GROUPS.filter((group) => group !== 'open');

export function createRetention(dependencies: {
  readonly analyses: TableClient;
  readonly byTime: TableClient;
  readonly answers: Pick<AnswerIndex, 'forget'>;
  readonly usage: TableClient;
  readonly blobs: BlobServiceClient;
}): Retention {
  const { analyses, byTime, answers, usage, blobs } = dependencies;

  async function removeRecords({ beforeMs, most, from }: RemovalTerms): Promise<Removal> {
    const start = from === undefined ? undefined : placeOf(from);
    const groups = start ? FINAL_GROUPS.slice(FINAL_GROUPS.indexOf(start.group)) : FINAL_GROUPS;
    const kept: FailedItem<string>[] = [];
    let removed = 0;
    for (const group of groups) {
      const after = group === start?.group ? start.rowKey : rowKeyBefore(beforeMs);
      const read = await readRows(byTime, { ...KEYS, ranges: indexRanges(group, after), most: most - removed });
      const { results, failed } = await settleInParallel(read.rows, removeRecord);
      removed += results.length;
      kept.push(...failed.map(({ item, error }) => ({ item: idOfRow(item.rowKey), error })));
      const last = read.rows.at(-1);
      if (!read.isEnd && last) return { removed, kept, isMore: true, from: `${group}/${last.rowKey}` };
      if (removed >= most) return { removed, kept, isMore: true, from: `${group}/${last?.rowKey ?? after}` };
    }
    return { removed, kept, isMore: false };
  }

  async function removeRecord({ partitionKey, rowKey }: IndexKey): Promise<void> {
    const id = idOfRow(rowKey);
    const record = await analyses.getEntity<AnalysisRow>(partitionOf(id), id).then(recordOf).catch(ignoreMissing);
    // After a crash the row may be out of date while the analysis runs again. The record decides.
    if (record && isFinal(record)) {
      const { contentDigest, request } = record;
      if (contentDigest !== null) await answers.forget(contentDigest, requestDigest(request), id).catch(ignoreMissing);
      // Delete the record first: a row without a record is removed later, but a record without a row is never found
      // again.
      await analyses.deleteEntity(partitionOf(id), id).catch(ignoreMissing);
    }
    await byTime.deleteEntity(partitionKey, rowKey).catch(ignoreMissing);
  }

  async function removeUsage({ beforeMs, most }: RemovalTerms): Promise<Removal> {
    const month = new Date(beforeMs).toISOString().slice(0, 7);
    const before = `RowKey lt '${String(beforeMs).padStart(13, '0')}'`;
    const ranges = [`PartitionKey lt '${month}'`, `PartitionKey eq '${month}' and ${before}`];
    const { rows, isEnd } = await readRows(usage, { ...KEYS, ranges, most });
    await removeRows(usage, rows);
    return { removed: rows.length, kept: [], isMore: !isEnd };
  }

  return { removeRecords, removeUsage, removeBlobs: removeOldBlobs(blobs) };
}

function placeOf(from: string): { readonly group: IndexGroup; readonly rowKey: string } {
  const [group, rowKey = ''] = from.split('/');
  return { group: FINAL_GROUPS.find((each) => each === group) ?? 'succeeded', rowKey };
}

/** A transaction takes 100 rows of one partition (Microsoft Learn, "Performing entity group transactions", 2026-11). */
const MOST_A_TRANSACTION = 100;

async function removeRows(table: TableClient, rows: readonly IndexKey[]): Promise<void> {
  for (const partition of Map.groupBy(rows, ({ partitionKey }) => partitionKey).values()) {
    for (let start = 0; start < partition.length; start += MOST_A_TRANSACTION) {
      const some = partition.slice(start, start + MOST_A_TRANSACTION);
      const actions = some.map(({ partitionKey, rowKey }): TransactionAction => ['delete', { partitionKey, rowKey }]);
      await table.submitTransaction(actions).catch(ignoreMissing);
    }
  }
}
