import type { HttpRequest } from '@azure/functions';
import { ImageRejected, InvalidRequest } from '../errors.ts';

/** HTTP bodies end below the platform's 100 MB, so that the caller gets a sentence and not a cut connection. */
export const BODY_MAX_BYTES = 95 * 1024 * 1024;

/**
 * The request's body, read as a stream. One that is announced over the limit is not read at all, one that grows over it no
 * further; neither is cancelled, which would end the connection that must bring the answer.
 *
 * @throws {ImageRejected} `too-large`
 */
export async function readBody(request: HttpRequest, maxBytes = BODY_MAX_BYTES): Promise<Buffer> {
  const announced = Number(request.headers.get('content-length') ?? 0);
  if (announced > maxBytes) throw tooLarge(announced, maxBytes);
  const parts: Uint8Array[] = [];
  let bytes = 0;
  const body = request.body as ReadableStream<Uint8Array> | null;
  for await (const part of body?.values({ preventCancel: true }) ?? []) {
    bytes += part.byteLength;
    if (bytes > maxBytes) throw tooLarge(bytes, maxBytes);
    parts.push(part);
  }
  const [only] = parts;
  return parts.length === 1 && only
    ? Buffer.from(only.buffer, only.byteOffset, only.byteLength)
    : Buffer.concat(parts, bytes);
}

/**
 * The request's body as JSON.
 *
 * @throws {InvalidRequest} when it is none
 */
export async function readJson(request: HttpRequest): Promise<unknown> {
  const text = (await readBody(request)).toString('utf8');
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new InvalidRequest([{ path: 'body', message: `The body is no JSON: ${(error as Error).message}.` }]);
  }
}

/** Media type of the body in lower case, without parameters; empty when none is given. */
export function mediaTypeOf(request: HttpRequest): string {
  return (request.headers.get('content-type') ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
}

function tooLarge(bytes: number, maxBytes: number): ImageRejected {
  const limit = maxBytes.toLocaleString('en-US');
  return new ImageRejected(
    'too-large',
    `The body has at least ${bytes.toLocaleString('en-US')} bytes; the limit is ${limit}.`,
  );
}
