import type { TableClient, TransactionAction } from '@azure/data-tables';
import type { BlobServiceClient } from '@azure/storage-blob';
import { ignoreMissing } from '../storage/storageError.ts';
import { INDEX_GROUPS, type IndexGroup, idOfRow, indexKey } from './analysisIndex.ts';
import { requestDigest } from './analysisRequest.ts';
import { type AnalysisRow, partitionOf, recordOf } from './analysisRow.ts';
import type { AnswerIndex } from './answerIndex.ts';
import { inParallel } from './inParallel.ts';

/** Removes what is older than it is to be kept, some of it at a time: each gives how many it removed, `most` at most. */
export interface Retention {
  /** Records of analyses that are over; their answers are not given again. */
  removeRecords(beforeMs: number, most: number): Promise<number>;
  removeUsage(beforeMs: number, most: number): Promise<number>;
  /** @param isNeeded what must stay however old it is */
  removeBlobs(
    container: string,
    beforeMs: number,
    terms: { readonly most: number; readonly isNeeded?: (name: string) => Promise<boolean> },
  ): Promise<number>;
}

export function createRetention(dependencies: {
  readonly analyses: TableClient;
  readonly byTime: TableClient;
  readonly answers: Pick<AnswerIndex, 'forget'>;
  readonly usage: TableClient;
  readonly blobs: BlobServiceClient;
}): Retention {
  const { analyses, byTime, answers, usage, blobs } = dependencies;

  async function removeRecords(beforeMs: number, most: number): Promise<number> {
    let removed = 0;
    for (const group of INDEX_GROUPS) {
      if (group === 'open') continue;
      const rows = await firstRows(byTime, olderIndexRows(group, beforeMs), most - removed);
      await inParallel(rows, async ({ partitionKey, rowKey }) => {
        const id = idOfRow(rowKey);
        await forgetAnswerOf(id).catch(ignoreMissing);
        // The record first: a row without one is mended away, a record without one would never be found again.
        await analyses.deleteEntity(partitionOf(id), id).catch(ignoreMissing);
        await byTime.deleteEntity(partitionKey, rowKey).catch(ignoreMissing);
      });
      removed += rows.length;
    }
    return removed;
  }

  async function forgetAnswerOf(id: string): Promise<void> {
    const { contentDigest, request } = await analyses.getEntity<AnalysisRow>(partitionOf(id), id).then(recordOf);
    if (contentDigest !== null) await answers.forget(contentDigest, requestDigest(request), id);
  }

  async function removeUsage(beforeMs: number, most: number): Promise<number> {
    const month = new Date(beforeMs).toISOString().slice(0, 7);
    const filter = `PartitionKey le '${month}' and RowKey lt '${String(beforeMs).padStart(13, '0')}'`;
    return await removeRows(usage, await firstRows(usage, filter, most));
  }

  const removeBlobs: Retention['removeBlobs'] = async (container, beforeMs, { most, isNeeded }) => {
    let removed = 0;
    try {
      for await (const { name, properties } of blobs.getContainerClient(container).listBlobsFlat()) {
        if (removed >= most) break;
        if (properties.lastModified.getTime() >= beforeMs || (await isNeeded?.(name))) continue;
        await blobs.getContainerClient(container).getBlobClient(name).deleteIfExists();
        removed += 1;
      }
    } catch (error) {
      ignoreMissing(error);
    }
    return removed;
  };

  return { removeRecords, removeUsage, removeBlobs };
}

interface RowKeys {
  readonly partitionKey: string;
  readonly rowKey: string;
}

/** Newest first: what is older stands after the first moment of that time, in its own and in later partitions. */
function olderIndexRows(group: IndexGroup, beforeMs: number): string {
  const { partitionKey, rowKey } = indexKey(group, beforeMs, '~');
  return (
    `(PartitionKey eq '${partitionKey}' and RowKey gt '${rowKey}') or ` +
    `(PartitionKey gt '${partitionKey}' and PartitionKey lt '${group}.')`
  );
}

async function firstRows(table: TableClient, filter: string, most: number): Promise<readonly RowKeys[]> {
  if (most <= 0) return [];
  const options = { queryOptions: { filter, select: ['PartitionKey', 'RowKey'] } };
  const rows: RowKeys[] = [];
  for await (const page of table.listEntities<RowKeys>(options).byPage({ maxPageSize: Math.min(most, 1000) })) {
    rows.push(...page.map(({ partitionKey, rowKey }) => ({ partitionKey: `${partitionKey}`, rowKey: `${rowKey}` })));
    if (rows.length >= most) break;
  }
  return rows.slice(0, most);
}

/** A transaction takes 100 rows of one partition (Performing entity group transactions, Table service, 2026-11). */
const MOST_A_TRANSACTION = 100;

async function removeRows(table: TableClient, rows: readonly RowKeys[]): Promise<number> {
  for (const partition of Map.groupBy(rows, ({ partitionKey }) => partitionKey).values()) {
    for (let start = 0; start < partition.length; start += MOST_A_TRANSACTION) {
      const some = partition.slice(start, start + MOST_A_TRANSACTION);
      const actions = some.map((keys): TransactionAction => ['delete', { ...keys }]);
      await table.submitTransaction(actions).catch(ignoreMissing);
    }
  }
  return rows.length;
}
