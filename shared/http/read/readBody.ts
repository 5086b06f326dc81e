import type { HttpRequest } from '@azure/functions';
import { letOthersRun } from '../../concurrency/inSteps.ts';
import { formatCount, ImageRejected, InvalidRequest, shortened } from '../../errors.ts';

/**
 * The largest HTTP body. It is below the host's limit of 96 MiB (`httpBodyMaxBytes` in infra/pool.bicep), so that the
 * caller gets a message and not an empty 500.
 */
export const BODY_MAX_BYTES = 95 * 1024 * 1024;

/**
 * The request's body, read as a stream. Once the limit is exceeded, the rest is read and dropped. Cancelling would
 * close the connection that must carry the response, and leaving it unread would block the host.
 *
 * @throws {ImageRejected} `too-large`
 */
export async function readBody(request: HttpRequest, maxBytes = BODY_MAX_BYTES): Promise<Buffer> {
  const announced = Number(request.headers.get('content-length') ?? 0);
  if (announced > maxBytes) throw tooLarge(announced, maxBytes);
  const body = request.body as ReadableStream<Uint8Array> | null;
  const parts = body?.values({ preventCancel: true }) ?? [];
  const read = announced > 0 ? await readAnnounced(parts, announced) : await readParts(parts, maxBytes);
  if (read.kind === 'whole') return read.bytes;
  await dropRest(request);
  throw tooLarge(read.atLeast, maxBytes);
}

type ReadParts =
  | { readonly kind: 'whole'; readonly bytes: Buffer }
  | { readonly kind: 'more'; readonly atLeast: number };

/** A body of known length: each part is copied to its place as it arrives, so that no copy is needed at the end. */
async function readAnnounced(
  parts: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  announced: number,
): Promise<ReadParts> {
  // Allocating 95 MiB takes about 15 ms, or more with garbage collection, so this is done for one body at a time.
  if (announced > READ_BYTES) await letOthersRun();
  const bytes = Buffer.allocUnsafe(announced);
  let filled = 0;
  let pausedAt = 0;
  for await (const part of parts) {
    if (filled - pausedAt >= READ_BYTES) {
      pausedAt = filled;
      await letOthersRun();
    }
    if (filled + part.byteLength > announced) return { kind: 'more', atLeast: filled + part.byteLength };
    bytes.set(part, filled);
    filled += part.byteLength;
  }
  return { kind: 'whole', bytes: bytes.subarray(0, filled) };
}

async function readParts(
  parts: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  maxBytes: number,
): Promise<ReadParts> {
  const kept: Uint8Array[] = [];
  let bytes = 0;
  for await (const part of parts) {
    bytes += part.byteLength;
    if (bytes > maxBytes) return { kind: 'more', atLeast: bytes };
    kept.push(part);
  }
  const whole = Buffer.allocUnsafe(bytes);
  let filled = 0;
  for (const [place, part] of kept.entries()) {
    whole.set(part, filled);
    filled += part.byteLength;
    // Joining 95 MiB takes a tenth of a second, so other requests run in between.
    if (place % PARTS_AT_ONCE === PARTS_AT_ONCE - 1) await letOthersRun();
  }
  return { kind: 'whole', bytes: whole };
}

/** Octets that are read before other requests run: a fast network would fill every turn of the event loop. */
const READ_BYTES = 256 * 1024;

/** Most parts have 64 KiB: some milliseconds of copying. */
const PARTS_AT_ONCE = 64;

/**
 * Reads and drops the rest of a body, unless another reader has it. Await this before responding: after a response
 * Node's server stops reading the body, and the host, which sends the whole body before it reads the response, would
 * wait for ever.
 */
export async function dropRest({ body }: Pick<HttpRequest, 'body'>): Promise<void> {
  const left = body as ReadableStream<Uint8Array> | null;
  if (!left || left.locked) return;
  // The caller has disconnected, so nothing is left to drop.
  await left.pipeTo(new WritableStream()).catch(() => undefined);
}

/** Media type of the body in lower case, without parameters; empty when none is given. */
export function mediaTypeOf(request: HttpRequest): string {
  return (request.headers.get('content-type') ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
}

const BYTES = ['application/octet-stream', 'application/pdf'];

/** Whether a body of this type is the bytes of an image or a document; its content decides which. */
export function isBytes(mediaType: string): boolean {
  return mediaType.startsWith('image/') || BYTES.includes(mediaType);
}

/** The error for a body type that a call does not accept. @param send what it accepts, in words */
export function wrongMediaType(request: HttpRequest, send: string): InvalidRequest {
  const given = mediaTypeOf(request);
  const has = given === '' ? 'The header content-type is missing' : `The content type is "${shortened(given)}"`;
  const message = `${has}; send ${send}.`;
  return new InvalidRequest([{ path: 'content-type', message }]);
}

function tooLarge(bytes: number, maxBytes: number): ImageRejected {
  const limit = formatCount(maxBytes);
  return new ImageRejected(
    'too-large',
    `The body has at least ${formatCount(bytes)} bytes; the limit is ${limit}. ` +
      'Upload a larger image to the images container, and name it in `image.blob`.',
  );
}
