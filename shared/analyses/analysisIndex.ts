import { type AnalysisRecord, isFinal, type Status } from './analysisRecord.ts';
import { sourceName } from './analysisSource.ts';

/**
 * Keys of the rows by which analyses are listed: one partition per group and day, newest first in both keys, so that a
 * page of a status reads one partition, two at a day's border, however many analyses there are.
 */

/** What is not final is one group: these rows are few, and a timer reads them all. */
export type IndexGroup = 'open' | Extract<Status, 'succeeded' | 'rejected' | 'failed' | 'cancelled'>;

export const INDEX_GROUPS: readonly IndexGroup[] = ['open', 'succeeded', 'rejected', 'failed', 'cancelled'];

export interface IndexKey {
  readonly partitionKey: string;
  readonly rowKey: string;
}

export interface IndexRow extends IndexKey {
  readonly name: string;
}

const DAY_MS = 86_400_000;
const LAST_DAY = 99_999;
const LAST_MS = 9_999_999_999_999;

export function groupOf(status: Status): IndexGroup {
  return isFinal(status) ? (status as IndexGroup) : 'open';
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

export interface IndexQuery {
  readonly group: IndexGroup;
  /** Only names that begin so. */
  readonly prefix?: string;
  /** The last row of the page before: only later rows. */
  readonly after?: string;
}

/** The OData filter of one group's rows, in the order of the keys. */
export function indexFilter(query: IndexQuery): string {
  const { group, prefix, after } = query;
  const all = `PartitionKey ge ${quoted(`${group}-`)} and PartitionKey lt ${quoted(`${group}.`)}`;
  const parts = [after === undefined ? all : laterThan(group, after)];
  if (prefix) parts.push(`name ge ${quoted(prefix)} and name lt ${quoted(`${prefix}\uffff`)}`);
  return parts.map((part) => `(${part})`).join(' and ');
}

function laterThan(group: IndexGroup, rowKey: string): string {
  const { partitionKey } = indexKey(group, createdAtOfRow(rowKey), '');
  return (
    `(PartitionKey eq ${quoted(partitionKey)} and RowKey gt ${quoted(rowKey)}) or ` +
    `(PartitionKey gt ${quoted(partitionKey)} and PartitionKey lt ${quoted(`${group}.`)})`
  );
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
