import { gunzipSync, gzipSync } from 'node:zlib';

/**
 * A paid answer, and what belongs to it, as text of a record. Packed, because a row of a table holds 1 MiB: the longest answer of a
 * model (16,384 tokens) takes some 20 KB so.
 */
export function packAnswer(value: object): string {
  return gzipSync(JSON.stringify(value)).toString('base64');
}

/** What `packAnswer` packed, of the shape that was packed there; undefined where a record holds none. */
export function unpackAnswer<Packed>(text: string | undefined): Packed | undefined {
  if (text === undefined) return undefined;
  return JSON.parse(gunzipSync(Buffer.from(text, 'base64')).toString('utf8')) as Packed;
}
