import { gunzipSync, gzipSync } from 'node:zlib';
import type { z } from 'zod';
import { ANALYSES_TABLE } from '../records/analysisRow.ts';
import { parseStoredJson, SpoiltRow } from '../storage/spoiltRow.ts';

/**
 * A paid answer, and what belongs to it, as text of a record. Packed, because a row of a table holds 1 MiB: the longest answer of a
 * model (16,384 tokens) takes some 20 KB so.
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
