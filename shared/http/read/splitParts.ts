import type { EventEmitter } from 'node:events';
import { letOthersRun } from '../../concurrency/inSteps.ts';
import { HEAD_MAX_BYTES, type PartHeaders } from './readPartHead.ts';

/** One part of a multipart body. */
interface BodyPart {
  /** Absent if its head does not end. */
  readonly headers: PartHeaders | undefined;
  /** A view of the body, not a copy. */
  readonly content: Buffer;
}

interface SplitBody {
  readonly parts: readonly BodyPart[];
  /** Whether the closing boundary was there; without it the upload was cut. */
  readonly isComplete: boolean;
  /** There are more parts than allowed; they were not read. */
  readonly hasMore: boolean;
}

/** Octets that are searched before other requests run. */
const STEP_BYTES = 1024 * 1024;

/** The parser works in ticks. After this many turns without an end it will not end. */
const MOST_TURNS = 100;

interface OpenPart {
  headers: PartHeaders | undefined;
  readonly chunks: Buffer[];
}

/** Splits a body of `multipart/*` at its boundary (RFC 2046, 5.1.1). Preamble and epilogue are ignored. */
export async function splitParts(
  body: Buffer,
  { boundary, maxParts }: { readonly boundary: string; readonly maxParts: number },
): Promise<SplitBody> {
  // Loaded on first use: most calls send no form, and a cold start should not load it.
  const { Dicer } = await import('@fastify/busboy');
  // Above the limit of the head, so that a head which is cut there is seen to be too long. Its types lack this option.
  const limits = { maxHeaderPairs: 100, maxHeaderSize: 2 * HEAD_MAX_BYTES };
  const dicer = new Dicer({ boundary, ...limits });
  const parts: OpenPart[] = [];
  let hasMore = false;
  let ended: 'complete' | 'cut' | undefined;
  dicer.on('part', (stream: EventEmitter & { resume(): void }) => {
    const part: OpenPart = { headers: undefined, chunks: [] };
    if (parts.length < maxParts) parts.push(part);
    else hasMore = true;
    // A cut part reports it as well; the body is judged once as a whole.
    stream.on('error', () => undefined);
    stream.on('header', (headers: PartHeaders) => {
      part.headers = headers;
    });
    stream.on('data', (chunk: Buffer) => {
      part.chunks.push(chunk);
    });
  });
  dicer.on('finish', () => {
    ended ??= 'complete';
  });
  dicer.on('error', () => {
    ended = 'cut';
  });
  for (let from = 0; from < body.byteLength && ended === undefined && !hasMore; from += STEP_BYTES) {
    dicer.write(body.subarray(from, from + STEP_BYTES));
    await letOthersRun();
  }
  dicer.end();
  for (let turns = 0; ended === undefined && turns < MOST_TURNS; turns++) await letOthersRun();
  return {
    parts: parts.map(({ headers, chunks }) => ({ headers, content: joined(chunks, body) })),
    isComplete: ended === 'complete',
    hasMore,
  };
}

/** The chunks of a part as one view of the body, where all of them lie one after the other. */
function joined(chunks: readonly Buffer[], body: Buffer): Buffer {
  const length = chunks.reduce((sum, { byteLength }) => sum + byteLength, 0);
  let before = 0;
  for (const { buffer, byteOffset, byteLength } of chunks) {
    // The parser copies what spans two steps. Any chunk that it did not copy shows where the part begins.
    if (buffer === body.buffer) {
      const start = byteOffset - body.byteOffset - before;
      return body.subarray(start, start + length);
    }
    before += byteLength;
  }
  return Buffer.concat(chunks);
}
