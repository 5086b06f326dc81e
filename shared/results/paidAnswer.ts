import { gunzipSync, gzipSync } from 'node:zlib';
import { z } from 'zod';
import { once } from '../concurrency/once.ts';
import type { RunningRecord, Warning } from '../records/analysisRecord.ts';
import { ANALYSES_TABLE } from '../records/analysisRow.ts';
import { recordSchemas } from '../records/recordSchema.ts';
import { parseStoredJson, SpoiltRow } from '../storage/spoiltRow.ts';
import type { CheckedAnswer } from '../tasks/reading.ts';
import { answerSchema } from './keptView.ts';

/**
 * A paid answer and its details as text in a record. Compressed, because a table row holds 1 MiB: the longest answer
 * of a model (16,384 tokens) takes about 20 KB.
 */
export function packAnswer(value: object): string {
  return gzipSync(JSON.stringify(value)).toString('base64');
}

/**
 * What `packAnswer` packed.
 *
 * @param analysisId whose record holds it
 * @throws {SpoiltRow}
 */
export function unpackAnswer<Packed>(schema: z.ZodType<Packed>, text: string, analysisId: string): Packed {
  const place = { home: ANALYSES_TABLE, key: analysisId };
  let json: string;
  try {
    json = gunzipSync(Buffer.from(text, 'base64')).toString('utf8');
  } catch {
    throw new SpoiltRow(place, 'the answer that it holds cannot be unpacked');
  }
  return parseStoredJson(schema, json, place);
}

/** The result of a paid model call: the checked answer and its warnings. */
export interface PaidAnswer {
  readonly answer: CheckedAnswer['answer'];
  readonly warnings: readonly Warning[];
}

const paidSchema = once(
  (): z.ZodType<PaidAnswer> => z.object({ answer: answerSchema(), warnings: recordSchemas().warnings }),
);

/** The answer as a record keeps it for a retry. */
export function asUndelivered(paid: PaidAnswer): string {
  return packAnswer(paid);
}

/** The stored answer of a record that is retried; undefined if there is none. */
export function undeliveredOf({ id, undelivered }: RunningRecord): PaidAnswer | undefined {
  return undelivered === undefined ? undefined : unpackAnswer(paidSchema(), undelivered, id);
}
