import { createHeadBytes } from '../heads/headBytes.ts';
import { webpChunks } from '../heads/webpHeader.ts';
import { loadSharp, type Opening, openPicture } from '../pixels/loadSharp.ts';
import type { Damage } from './damage.ts';

/** A chunk that says it is longer than any picture of the sizes taken is not filled up. */
const MOST_FILLED_BYTES = 64 * 1024 * 1024;

const OTHER_BYTES = 8;

/**
 * The rows of a WEBP whose pixels end early: its decoder gives all or nothing, so what is missing is filled up in two ways,
 * and the rows that look the same in both are there. The others are made white.
 */
export async function webpRows(bytes: Buffer, opening: Opening): Promise<Damage | undefined> {
  const end = endOfCutChunk(bytes);
  if (end === undefined) return undefined;
  const [zeros, others] = await Promise.all([0x00, 0x5a].map((first) => decodeFilled(bytes, { end, first }, opening)));
  if (zeros === undefined || others === undefined || zeros.data.length !== others.data.length) return undefined;
  const { width, height, channels } = zeros.info;
  const rowBytes = width * channels;
  let rows = 0;
  while (rows < height && sameRow(rows)) rows++;
  zeros.data.fill(0xff, rows * rowBytes);
  const load = await loadSharp();
  const kept = load(zeros.data, { raw: { width, height, channels }, limitInputPixels: false });
  return { kind: 'cut', bytes: await kept.png({ compressionLevel: 1 }).toBuffer(), share: rows / height };

  function sameRow(row: number): boolean {
    const [from, to] = [row * rowBytes, (row + 1) * rowBytes];
    return others !== undefined && zeros !== undefined && zeros.data.compare(others.data, from, to, from, to) === 0;
  }
}

function endOfCutChunk(bytes: Buffer): number | undefined {
  for (const { type, end } of webpChunks(createHeadBytes(bytes))) {
    if (end <= bytes.length) continue;
    const hasPixels = type === 'VP8 ' || type === 'VP8L';
    return hasPixels && end - bytes.length <= MOST_FILLED_BYTES ? end : undefined;
  }
  return undefined;
}

async function decodeFilled(
  bytes: Buffer,
  { end, first }: { readonly end: number; readonly first: number },
  opening: Opening,
): Promise<{ data: Buffer; info: { width: number; height: number; channels: 1 | 2 | 3 | 4 } } | undefined> {
  const filled = Buffer.concat([bytes, Buffer.alloc(end - bytes.length + (end % 2))]);
  // Zeros can be decoded to the end of every picture; a few other bytes before them are enough to make a difference.
  filled.fill(first, bytes.length, Math.min(end, bytes.length + OTHER_BYTES));
  filled.writeUInt32LE(filled.length - 8, 4);
  const load = await loadSharp();
  return await openPicture(load, filled, opening)
    .raw()
    .toBuffer({ resolveWithObject: true })
    .catch(() => undefined);
}

/** A WEBP up to its last chunk that is whole, if one of them holds pixels: what stands behind them is EXIF and the like. */
export function withoutMissingChunks(bytes: Buffer): Buffer | undefined {
  let end = 0;
  let hasPixels = false;
  for (const chunk of webpChunks(createHeadBytes(bytes))) {
    if (chunk.end > bytes.length) break;
    end = chunk.end;
    if (chunk.type === 'VP8 ' || chunk.type === 'VP8L' || chunk.type === 'ANMF') hasPixels = true;
  }
  if (!hasPixels) return undefined;
  const trimmed = Buffer.concat([bytes.subarray(0, end), Buffer.alloc(end % 2)]);
  trimmed.writeUInt32LE(trimmed.length - 8, 4);
  return trimmed;
}
