import pLimit from 'p-limit';
import { createBoundedWorker, workerFile } from '../../concurrency/boundedWorker.ts';
import { MOST_HELD_BYTES, type WasmThreadData } from '../../concurrency/boundWasmMemory.ts';
import { once } from '../../concurrency/once.ts';
import { formatCount, ImageRejected } from '../../errors.ts';
import { brokenImage } from '../imageHeader.ts';
import type { HeicReply } from './heicThread.ts';
import { hasLibheif } from './libheif.ts';

interface HeicDecoder {
  readonly decode: (bytes: Buffer) => Promise<Buffer>;
  readonly close: () => Promise<void>;
}

interface DecoderBounds {
  /** The longest that one picture may take. */
  readonly longestMs: number;
  /** The most memory that libheif may use. */
  readonly mostBytes: number;
}

/** A picture of 48 megapixels takes 342 MiB and 5 s (2 cores of a server, 2026-12). */
const BOUNDS: DecoderBounds = { longestMs: 60_000, mostBytes: 512 * 2 ** 20 };
/** What fits into that memory. Phones store up to 50 million. */
const MOST_PIXELS = 64_000_000;

/**
 * Decodes HEIC in a thread of its own, one picture after the other, within bounds of time and memory. The thread starts, and
 * libheif is loaded, with the first picture.
 */
export function createHeicDecoder(bounds: Partial<DecoderBounds> = {}): HeicDecoder {
  const { longestMs, mostBytes } = { ...BOUNDS, ...bounds };
  const inTurn = pLimit(1);
  const data: WasmThreadData = { mostBytes };
  const file = workerFile(import.meta.url, 'heicThread');
  const thread = createBoundedWorker<Uint8Array, HeicReply>({ file, data, longestMs });

  async function decode(bytes: Buffer): Promise<Buffer> {
    const copy = new Uint8Array(bytes);
    const answered = await thread.ask(copy, [copy.buffer]);
    if (answered.kind === 'late') throw brokenImage('HEIC', `it takes longer than ${longestMs / 1000} s to decode`);
    if (answered.kind === 'died') throw brokenImage('HEIC', 'it stops the decoder', answered.cause);
    const reply = answered.value;
    if (reply.kind === 'refused') throw brokenImage('HEIC', 'its pixels cannot be decoded');
    if (reply.heldBytes > MOST_HELD_BYTES) await thread.end();
    const { buffer, byteOffset, byteLength } = reply.tiff;
    return Buffer.from(buffer, byteOffset, byteLength);
  }

  return { decode: (bytes) => inTurn(decode, bytes), close: () => inTurn(thread.end) };
}

const ofProcess = once(createHeicDecoder);

/**
 * The main picture of a HEIC file as a TIFF without compression: upright, 8 bits, with its colour profile.
 *
 * @throws {ImageRejected} `broken-image`
 */
export function decodeHeic(bytes: Buffer): Promise<Buffer> {
  return ofProcess().decode(bytes);
}

const isThere = once(hasLibheif);

/**
 * Rejects every HEIC file where the app was packaged without the decoder, and one that is too large for it.
 *
 * @throws {ImageRejected} `unsupported-format`, `too-many-pixels`
 */
export function assertHeicDecodable(pixels: number): void {
  if (!isThere()) {
    throw new ImageRejected(
      'unsupported-format',
      'The file is a HEIC picture, which is not supported here; convert it to JPEG (iPhone: Settings, Camera, Formats, Most Compatible).',
    );
  }
  if (pixels > MOST_PIXELS) {
    throw new ImageRejected(
      'too-many-pixels',
      `The HEIC picture has ${formatCount(pixels)} pixels; the limit is ${formatCount(MOST_PIXELS)}.`,
    );
  }
}
