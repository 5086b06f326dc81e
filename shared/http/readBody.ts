import type { HttpRequest } from '@azure/functions';
import { ImageRejected, InvalidRequest, shortened } from '../errors.ts';

/**
 * HTTP bodies end below the host's limit of 96 MiB (`httpBodyMaxBytes` in infra/pool.bicep), so that the caller gets a
 * sentence and not an empty 500.
 */
export const BODY_MAX_BYTES = 95 * 1024 * 1024;

/**
 * The request's body, read as a stream. Of one over the limit nothing more is kept as soon as that is known. To cancel it
 * would end the connection that must bring the answer, and to leave it would block the host.
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
  if (bytes > maxBytes) {
    await dropRest(request);
    throw tooLarge(bytes, maxBytes);
  }
  const [only] = parts;
  return parts.length === 1 && only
    ? Buffer.from(only.buffer, only.byteOffset, only.byteLength)
    : Buffer.concat(parts, bytes);
}

/**
 * Reads what is left of a body and keeps none of it; nothing where somebody else reads it. To be awaited before an answer:
 * once Node's server has sent one, it reads no more of a body that was begun, and the host, which sends the whole body
 * before it reads the answer, would wait for ever.
 */
export async function dropRest({ body }: Pick<HttpRequest, 'body'>): Promise<void> {
  const left = body as ReadableStream<Uint8Array> | null;
  if (!left || left.locked) return;
  // A caller that is gone leaves nothing to drop.
  await left.pipeTo(new WritableStream()).catch(() => undefined);
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
    `The body has at least ${bytes.toLocaleString('en-US')} bytes; the limit is ${limit}. ` +
      'Upload a larger image to the images container, and name it in `image.blob`.',
  );
}
