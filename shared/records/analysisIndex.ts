import { z } from 'zod';
import type { AnalysisRecord, Status } from './analysisRecord.ts';
import { sourceName } from './analysisSource.ts';

/**
 * Keys of the rows by which analyses are listed: one partition per group and day, newest first in both keys, so that a
 * page of a status reads one partition, two at a day's border, however many analyses there are.
 */

/** All open states are one group, which the timer reads. */
export type IndexGroup = 'open' | Extract<Status, 'succeeded' | 'rejected' | 'failed' | 'cancelled'>;

export const INDEX_GROUPS: readonly IndexGroup[] = ['open', 'succeeded', 'rejected', 'failed', 'cancelled'];

export interface IndexKey {
  readonly partitionKey: string;
  readonly rowKey: string;
}

interface IndexRow extends IndexKey {
  readonly name: string;
}

export const indexKeySchema = z.object({ partitionKey: z.string(), rowKey: z.string() });

/** What a list reads of an index row. */
export const listedRowSchema = z.object({ rowKey: z.string().regex(/^\d{13}-./), name: z.string() });

export type ListedRow = z.infer<typeof listedRowSchema>;

const DAY_MS = 86_400_000;
const LAST_DAY = 99_999;
const LAST_MS = 9_999_999_999_999;

export function groupOf(status: Status): IndexGroup {
  return status === 'queued' || status === 'waiting' || status === 'running' ? 'open' : status;
}

/** `indexKey('failed', 0, 'ab')` is `{ partitionKey: 'failed-99999', rowKey: '9999999999999-ab' }`. */
export function indexKey(group: IndexGroup, createdAtMs: number, id: string): IndexKey {
  const day = String(LAST_DAY - Math.floor(createdAtMs / DAY_MS)).padStart(5, '0');
  return { partitionKey: `${group}-${day}`, rowKey: `${String(LAST_MS - createdAtMs).padStart(13, '0')}-${id}` };
}

export function indexRowOf(record: AnalysisRecord): IndexRow {
  return { ...indexKey(groupOf(record.status), record.createdAtMs, record.id), name: sourceName(record.source) };
}

export function isSameKey(left: IndexKey, right: IndexKey): boolean {
  return left.partitionKey === right.partitionKey && left.rowKey === right.rowKey;
}

/** The id that an index row points to. */
export function idOfRow(rowKey: string): string {
  return rowKey.slice(14);
}

/** When the analysis that an index row points to was created; epoch milliseconds. */
export function createdAtOfRow(rowKey: string): number {
  return LAST_MS - Number(rowKey.slice(0, 13));
}

/**
 * OData filters of one group's rows in the order of the keys, each a range that the service can seek; with `after` (a row
 * key) only of later rows: the rest of that row's partition, then the older days.
 *
 * @example
 * indexRanges('failed') // ["PartitionKey ge 'failed-' and PartitionKey lt 'failed.'"]
 */
export function indexRanges(group: IndexGroup, after?: string): readonly string[] {
  if (after === undefined) return [`PartitionKey ge '${group}-' and PartitionKey lt '${group}.'`];
  const { partitionKey } = indexKey(group, createdAtOfRow(after), '');
  return [
    `PartitionKey eq '${partitionKey}' and RowKey gt '${after}'`,
    `PartitionKey gt '${partitionKey}' and PartitionKey lt '${group}.'`,
  ];
}

/** Row keys after this one are of analyses that were created before that time (epoch milliseconds). */
export function rowKeyBefore(createdAtMs: number): string {
  // The highest character of a key that an id cannot have: it stands behind all rows of that millisecond.
  return indexKey('open', createdAtMs, '~').rowKey;
}
