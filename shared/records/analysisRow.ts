import { isDeepStrictEqual } from 'node:util';
import type { TableEntityResult } from '@azure/data-tables';
import { formatCount, InvalidRequest } from '../errors.ts';
import { parseStoredJson } from '../storage/spoiltRow.ts';
import type { AnalysisRecord } from './analysisRecord.ts';
import { recordSchemas } from './recordSchema.ts';

export const ANALYSES_TABLE = 'analyses';

/** How a record is stored in its table: as JSON, split into the properties `record0`, `record1`, ... */
export interface AnalysisRow {
  readonly partitionKey: string;
  readonly rowKey: string;
  readonly status: string;
  readonly [part: `record${number}`]: string;
}

/**
 * Characters of a property: 60,000 bytes of UTF-16. The service's documents say 64 KiB, and 64,000 bytes is the most that has
 * been seen to pass (Azure/Azurite#2510).
 */
const PART_CHARACTERS = 30_000;

/** An entity holds 1 MiB (Understanding the Table service data model): 34 parts, far fewer than its 255 properties. */
const MOST_CHARACTERS = 510_000;

/**
 * Room for what a record gains after its first write: attempts, warnings, an error, an answer that could not be
 * written.
 */
const ROOM_TO_GROW_CHARACTERS = 110_000;

/**
 * The row of a record. Its text is ASCII, every other character an escape of JSON: no part ends in half of a
 * character, and none holds one that the service has not been seen to take (control characters, U+FFFE, U+FFFF).
 *
 * @throws {InvalidRequest} when the request, its schema and instructions among it, is too long for a row. A new record
 * has a lower limit, so that whatever its answer adds fits as well.
 */
export function rowOf(record: AnalysisRecord): AnalysisRow {
  const json = asciiJson(record);
  const isUnpaid = record.attempts.every(({ outcome }) => outcome === 'sending');
  const most = isUnpaid ? MOST_CHARACTERS - ROOM_TO_GROW_CHARACTERS : MOST_CHARACTERS;
  if (json.length > most) throw tooLong(json.length, most);
  const parts: Record<`record${number}`, string> = {};
  for (let part = 0; part * PART_CHARACTERS < json.length; part++) {
    parts[`record${part}`] = json.slice(part * PART_CHARACTERS, (part + 1) * PART_CHARACTERS);
  }
  return { partitionKey: partitionOf(record.id), rowKey: record.id, status: record.status, ...parts };
}

function asciiJson(record: AnalysisRecord): string {
  return JSON.stringify(record).replace(
    /[^\x20-\x7e]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

function tooLong(characters: number, most: number): InvalidRequest {
  const [is, limit] = [characters, most].map(formatCount);
  const message =
    `The request takes ${is} characters with its schema, question and instructions; the limit is ${limit}. ` +
    'A character beyond ASCII counts as six.';
  return new InvalidRequest([{ path: 'body', message }]);
}

/**
 * The record of a row.
 *
 * @throws {SpoiltRow}
 */
export function recordOf(row: TableEntityResult<AnalysisRow>): AnalysisRecord {
  let json = '';
  for (let part = 0; row[`record${part}`] !== undefined; part++) json += row[`record${part}`];
  return parseStoredJson(recordSchemas().record, json, { home: ANALYSES_TABLE, key: row.rowKey });
}

/** Two hexadecimal digits: 256 partitions spread the load of point reads and writes. */
export function partitionOf(id: string): string {
  return id.slice(0, 2);
}

/**
 * The storage client repeats a write whose response was lost, and then meets its own row. A lease names its worker and
 * each step its time, so no other worker writes the same text.
 */
export function isSameRecord(left: AnalysisRecord, right: AnalysisRecord): boolean {
  return isDeepStrictEqual(left, right);
}
