import { randomUUID } from 'node:crypto';
import type { StorageAnswer, StorageRefusal } from '../storageLayer.ts';
import type { WrittenEntity } from './tableEntity.ts';

/** One operation of an entity group transaction. */
interface BatchOperation {
  readonly method: string;
  readonly address: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** Undefined for a deletion, and where the body is not JSON. */
  readonly entity: WrittenEntity | undefined;
}

/** The operations of a batch in their order (Microsoft Learn, "Performing entity group transactions", read 2026-11-30). */
export function readBatch(body: Buffer): readonly BatchOperation[] {
  const text = body.toString();
  return [...text.matchAll(/^(GET|POST|PUT|PATCH|MERGE|DELETE) (\S+) HTTP\/1\.1\r?\n((?:[\w-]+:.*\r?\n)*)/gm)].map(
    (match, place, all) => {
      const [head, method = '', address = '', headerLines = ''] = match;
      const next = all[place + 1]?.index ?? text.length;
      const headers = Object.fromEntries(
        [...headerLines.matchAll(/^([\w-]+):\s*(.*?)\r?$/gm)].map(([, name = '', value = '']) => [
          name.toLowerCase(),
          value,
        ]),
      );
      return { method, address, headers, entity: readEntity(text.slice(match.index + head.length, next)) };
    },
  );
}

/** JSON, or undefined if it is not JSON: Azurite then reports the problem. */
export function readEntity(text: string): WrittenEntity | undefined {
  const from = text.indexOf('{');
  const until = text.lastIndexOf('}');
  if (from < 0 || until < from) return undefined;
  try {
    return JSON.parse(text.slice(from, until + 1)) as WrittenEntity;
  } catch {
    return undefined;
  }
}

/**
 * A batch that the service refuses for one of its operations: 202 outside, and one answer inside whose sentence starts with the
 * place of the operation (Microsoft Learn, "Performing entity group transactions": "2:One of the request inputs is not valid").
 */
export function batchRefusal(place: number, { status, code, message }: StorageRefusal): StorageAnswer {
  const [batch, changeset] = [`batchresponse_${randomUUID()}`, `changesetresponse_${randomUUID()}`];
  const error = { 'odata.error': { code, message: { lang: 'en-US', value: `${place}:${message}` } } };
  const lines = [
    `--${batch}`,
    `Content-Type: multipart/mixed; boundary=${changeset}`,
    '',
    `--${changeset}`,
    'Content-Type: application/http',
    'Content-Transfer-Encoding: binary',
    '',
    `HTTP/1.1 ${status} Bad Request`,
    `Content-ID: ${place + 1}`,
    'DataServiceVersion: 3.0;',
    'Content-Type: application/json;odata=minimalmetadata;streaming=true;charset=utf-8',
    '',
    JSON.stringify(error),
    `--${changeset}--`,
    `--${batch}--`,
    '',
  ];
  const headers = { 'content-type': `multipart/mixed; boundary=${batch}`, 'x-ms-version': '2019-02-02' };
  return { status: 202, headers, body: Buffer.from(lines.join('\r\n')) };
}
