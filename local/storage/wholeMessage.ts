import type { IncomingMessage, ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import type { StorageAnswer, StorageRefusal } from './storageLayer.ts';

/** Twice what any request to a queue or table may hold (Table service, "Performing entity group transactions": 4 MiB). */
const LARGEST_BODY_BYTES = 8 * 1024 * 1024;

/** Microsoft Learn, "Common REST API error codes", read 2026-11-30. */
export const TOO_LARGE: StorageRefusal = {
  status: 413,
  code: 'RequestBodyTooLarge',
  message: 'The size of the request body exceeds the maximum size permitted.',
};

/** The body of a request; what is larger than 8 MiB is read to its end and dropped, so that its sender sees the answer. */
export async function readBody(asked: IncomingMessage): Promise<Buffer | 'too-large'> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of asked as AsyncIterable<Buffer>) {
    bytes += part.length;
    if (bytes <= LARGEST_BODY_BYTES) parts.push(part);
  }
  return bytes > LARGEST_BODY_BYTES ? 'too-large' : Buffer.concat(parts);
}

export async function readAnswer(answered: IncomingMessage): Promise<StorageAnswer> {
  const headers = Object.fromEntries(Object.entries(answered.headers).flatMap(([k, v]) => (v ? [[k, v]] : [])));
  return { status: answered.statusCode ?? 502, headers, body: await buffer(answered) };
}

export function sendAnswer(answer: ServerResponse, { status, headers, body }: StorageAnswer): void {
  const { 'content-length': _length, 'transfer-encoding': _encoding, ...kept } = headers;
  // The answer to a HEAD has the length of what it leaves out.
  const length = answer.req.method === 'HEAD' ? headers['content-length'] : String(body.length);
  const hasLength = length !== undefined && status !== 204 && status !== 304;
  const all = { ...kept, ...(hasLength && { 'content-length': length }) };
  answer.writeHead(status, all as Record<string, string | string[]>).end(body);
}

/** Names and values of headers in turn, for a body of so many bytes. */
export function withLength(rawHeaders: readonly string[], bytes: number): readonly string[] {
  const kept: string[] = [];
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at] ?? '';
    if (/^(?:content-length|transfer-encoding)$/i.test(name)) continue;
    kept.push(name, rawHeaders[at + 1] ?? '');
  }
  return [...kept, 'Content-Length', String(bytes)];
}
