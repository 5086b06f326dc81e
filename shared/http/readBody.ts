import type { HttpRequest } from '@azure/functions';
import { ImageRejected, InvalidRequest, shortened } from '../errors.ts';

/** HTTP bodies end below the platform's 100 MB, so that the caller gets a sentence and not a cut connection. */
export const BODY_MAX_BYTES = 95 * 1024 * 1024;

/**
 * The request's body, read as a stream. One over the limit is refused as soon as that is known; the rest is dropped
 * behind the answer. To cancel it would end the connection that must bring the answer, and to leave it would block the
 * connection for the next call.
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
    if (bytes > maxBytes) break;
    parts.push(part);
  }
  if (body && bytes > maxBytes) {
    void drop(body);
    throw tooLarge(bytes, maxBytes);
  }
  const [only] = parts;
  return parts.length === 1 && only
    ? Buffer.from(only.buffer, only.byteOffset, only.byteLength)
    : Buffer.concat(parts, bytes);
}

async function drop(body: ReadableStream<Uint8Array>): Promise<void> {
  // A caller that is gone leaves nothing to drop.
  await body.pipeTo(new WritableStream()).catch(() => undefined);
}

/**
 * The request's body as JSON. A byte order mark before it is passed over (RFC 8259, 8.1).
 *
 * @throws {InvalidRequest} when it is none, or says that it is something else
 */
export async function readJson(request: HttpRequest): Promise<unknown> {
  if (mediaTypeOf(request) !== 'application/json') throw wrongMediaType(request, 'application/json');
  const text = new TextDecoder().decode(await readBody(request));
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

/** Whether a body of this type is the bytes of an image. */
export function isBytes(mediaType: string): boolean {
  return mediaType.startsWith('image/') || mediaType === 'application/octet-stream';
}

/** That a call does not take such a body. @param send what it takes, in words */
export function wrongMediaType(request: HttpRequest, send: string): InvalidRequest {
  const message = `The content type is "${shortened(mediaTypeOf(request))}"; send ${send}.`;
  return new InvalidRequest([{ path: 'content-type', message }]);
}

function tooLarge(bytes: number, maxBytes: number): ImageRejected {
  const limit = maxBytes.toLocaleString('en-US');
  return new ImageRejected(
    'too-large',
    `The body has at least ${bytes.toLocaleString('en-US')} bytes; the limit is ${limit}.`,
  );
}
