import type { TableEntityResult } from '@azure/data-tables';
import type { AnalysisRecord } from './analysisRecord.ts';

/** How a record lies in its table: as JSON, cut into properties `record0`, `record1`, ... */
export interface AnalysisRow {
  readonly partitionKey: string;
  readonly rowKey: string;
  readonly status: string;
  readonly [part: `record${number}`]: string;
}

/** A text property holds 32K UTF-16 units at most (Azure Table service data model, 2026-11); a caller's schema may be longer. */
const PART_CHARACTERS = 32_000;

export function rowOf(record: AnalysisRecord): AnalysisRow {
  const json = JSON.stringify(record);
  const parts: Record<`record${number}`, string> = {};
  for (let part = 0; part * PART_CHARACTERS < json.length; part++) {
    parts[`record${part}`] = json.slice(part * PART_CHARACTERS, (part + 1) * PART_CHARACTERS);
  }
  return { partitionKey: partitionOf(record.id), rowKey: record.id, status: record.status, ...parts };
}

export function recordOf(row: TableEntityResult<AnalysisRow>): AnalysisRecord {
  let json = '';
  for (let part = 0; row[`record${part}`] !== undefined; part++) json += row[`record${part}`];
  return JSON.parse(json) as AnalysisRecord;
}

/** Two hexadecimal digits: 256 partitions spread the load of point reads and writes. */
export function partitionOf(id: string): string {
  return id.slice(0, 2);
}

/**
 * A write whose answer was lost is sent again by the storage's client, and then meets itself: a claim names its holder
 * and each step its time, so that nobody else writes the same.
 */
export function isSameRecord(left: AnalysisRecord, right: AnalysisRecord): boolean {
  return JSON.stringify(left) === JSON.stringify(right);
}
