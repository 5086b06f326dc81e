import { constants, createInflate } from 'node:zlib';
import { createHeadBytes, PastHead } from '../heads/headBytes.ts';
import { pngChunks } from '../heads/pngHeader.ts';

/** Channels by colour type (PNG Third Edition, 11.2.1). */
const CHANNELS: Readonly<Record<number, number>> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 };
/** What was inflated before an error is lost up to this. */
const CHUNK_BYTES = 4_096;

interface PngRows {
  readonly rows: number;
  readonly ofRows: number;
  /** The file with its pixels in one chunk that ends where they do: its decoder reads nothing of a chunk that is cut off. */
  readonly bytes: Buffer;
}

/**
 * How many rows of a damaged PNG are there, from its first on, whatever its checksums say. Of an interlaced one either all
 * or none: its rows come in seven passes.
 */
export async function countPngRows(bytes: Buffer): Promise<PngRows> {
  const head = createHeadBytes(bytes);
  const [width, ofRows] = [head.uint32(16, 'big'), head.uint32(20, 'big')];
  const bits = head.uint8(24) * (CHANNELS[head.uint8(25)] ?? 1);
  const isInterlaced = head.uint8(28) === 1;
  const rowBytes = Math.ceil((width * bits) / 8) + 1;
  const allBytes = isInterlaced ? interlacedBytes({ width, height: ofRows, bits }) : rowBytes * ofRows;
  const { before, pixels } = splitAtPixels(bytes);
  const inflated = await countInflated(pixels, allBytes);
  const ended = Buffer.concat([before, chunkOf('IDAT', pixels), chunkOf('IEND', Buffer.alloc(0))]);
  if (inflated >= allBytes) return { rows: ofRows, ofRows, bytes: ended };
  return { rows: isInterlaced ? 0 : Math.floor(inflated / rowBytes), ofRows, bytes: ended };
}

/** Without its checksum: the forgiving decoder does not check it. */
function chunkOf(type: string, content: Buffer): Buffer {
  const start = Buffer.alloc(8);
  start.writeUInt32BE(content.length, 0);
  start.write(type, 4, 'latin1');
  return Buffer.concat([start, content, Buffer.alloc(4)]);
}

function splitAtPixels(bytes: Buffer): { readonly before: Buffer; readonly pixels: Buffer } {
  const chunks: Buffer[] = [];
  let pixelsAt = bytes.length;
  try {
    for (const { type, at, end } of pngChunks(createHeadBytes(bytes))) {
      if (type !== 'IDAT') continue;
      chunks.push(bytes.subarray(at, end));
      pixelsAt = Math.min(pixelsAt, at - 8);
    }
  } catch (error) {
    if (!(error instanceof PastHead)) throw error;
  }
  return { before: bytes.subarray(0, pixelsAt), pixels: Buffer.concat(chunks) };
}

/** Adam7 (8.1): the first column and row of each pass, and how far apart its columns and rows are. */
const PASSES = [
  [0, 0, 8, 8],
  [4, 0, 8, 8],
  [0, 4, 4, 8],
  [2, 0, 4, 4],
  [0, 2, 2, 4],
  [1, 0, 2, 2],
  [0, 1, 1, 2],
] as const;

function interlacedBytes({ width, height, bits }: { width: number; height: number; bits: number }): number {
  return PASSES.reduce((sum, [left, top, across, down]) => {
    const columns = Math.ceil((width - left) / across);
    const rows = Math.ceil((height - top) / down);
    return columns > 0 && rows > 0 ? sum + rows * (Math.ceil((columns * bits) / 8) + 1) : sum;
  }, 0);
}

/** Counts what comes out, and keeps none of it. */
function countInflated(deflated: Buffer, atMost: number): Promise<number> {
  return new Promise((resolve) => {
    let inflated = 0;
    const inflate = createInflate({ finishFlush: constants.Z_SYNC_FLUSH, chunkSize: CHUNK_BYTES });
    inflate.on('data', (data: Buffer) => {
      inflated += data.length;
      if (inflated < atMost) return;
      resolve(inflated);
      inflate.destroy();
    });
    inflate.on('error', () => resolve(inflated));
    inflate.on('end', () => resolve(inflated));
    inflate.end(deflated);
  });
}
