import { gunzipSync, gzipSync } from 'node:zlib';
import type { CheckedAnswer } from '../tasks/reading.ts';
import type { AnalysisRecord, Warning } from './analysisRecord.ts';

/** What a model call has bought: the checked answer, and what its reader should know of it. */
export interface PaidAnswer {
  readonly answer: CheckedAnswer['answer'];
  readonly warnings: readonly Warning[];
}

/**
 * The record with an answer that could not be written to its place. Packed, because a row of a table holds 1 MiB: the longest
 * answer of a model (16,384 tokens) takes some 20 KB so.
 */
export function withUndelivered(record: AnalysisRecord, paid: PaidAnswer): AnalysisRecord {
  return { ...record, undelivered: gzipSync(JSON.stringify(paid)).toString('base64') };
}

/** The answer that the record holds for a retry; undefined where it holds none. */
export function undeliveredOf({ undelivered }: Pick<AnalysisRecord, 'undelivered'>): PaidAnswer | undefined {
  if (undelivered === undefined) return undefined;
  return JSON.parse(gunzipSync(Buffer.from(undelivered, 'base64')).toString('utf8')) as PaidAnswer;
}
