import type { HeadBytes } from '../../image/heads/headBytes.ts';
import { readTiffStart, type TiffStart } from '../../image/heads/tiffDirectory.ts';
import { STRIP_BYTES, STRIP_OFFSETS, TILE_BYTES, TILE_OFFSETS } from '../../image/heads/tiffFacts.ts';
import { readValues } from '../../image/heads/tiffValues.ts';
import { brokenImage } from '../../image/imageHeader.ts';

/** How a page of a TIFF becomes a file of its own (TIFF 6.0, section 2; BigTIFF). */
export interface PageLayout {
  /** Start, directory and the values that stand apart from it; the pieces of the picture follow. */
  readonly head: Buffer;
  /** Bytes of the picture: where they lie in the file of all pages, and where in that of this one. */
  readonly pieces: readonly { readonly from: number; readonly bytes: number; readonly to: number }[];
  readonly totalBytes: number;
}

/** The whole picture as one JPEG, as old writers did. */
const JPEG_AT = 513;
const JPEG_BYTES = 514;
/** What points elsewhere and says nothing of how the picture is read: further pictures, EXIF, GPS. */
const LEFT_OUT: ReadonlySet<number> = new Set([330, 34_665, 34_853, 40_965]);

const PIECES: ReadonlyMap<number, number> = new Map([
  [STRIP_OFFSETS, STRIP_BYTES],
  [TILE_OFFSETS, TILE_BYTES],
  [JPEG_AT, JPEG_BYTES],
]);

/** Bytes of a value by type, 1 to 18. */
const TYPE_BYTES = [0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 4, 0, 0, 8, 8, 8] as const;
const [LONG, LONG8] = [4, 16];

interface Entry {
  readonly tag: number;
  readonly type: number;
  readonly count: number;
  readonly values: Buffer;
}

/**
 * Lays out the page whose directory begins there.
 *
 * @throws {PastHead}
 * @throws {ImageRejected} `broken-image` where a value is of no known type, or larger than the file
 */
export function layOutPage(head: HeadBytes, directoryAt: number): PageLayout {
  const start = readTiffStart(head, 0);
  if (start === undefined) throw brokenImage('TIFF', 'it has no version');
  const { numbers } = readValues(head, start, directoryAt);
  const entries = entriesOf(head, start, directoryAt).map((entry) =>
    PIECES.has(entry.tag) ? withRoom(start, entry) : entry,
  );
  const valuesAt = placesOfValues(start, entries);
  let end = valuesAt.end;
  const headBytes = end;
  const pieces: { from: number; bytes: number; to: number }[] = [];
  for (const [offsetsTag, lengthsTag] of PIECES) {
    const lengths = numbers.get(lengthsTag) ?? [];
    const offsets = entries.find(({ tag }) => tag === offsetsTag);
    for (const [place, from] of (numbers.get(offsetsTag) ?? []).entries()) {
      // A length that is missing means "to the end", which readers need not believe.
      const bytes = Math.max(0, Math.min(lengths[place] ?? 0, head.length - from));
      pieces.push({ from, bytes, to: end });
      if (offsets) writeOffset(start, offsets.values, { at: place * sizesOf(start).offset, offset: end });
      end += bytes;
    }
  }
  return { head: writeHead(start, { entries, valuesAt: valuesAt.of, headBytes }), pieces, totalBytes: end };
}

/** Offsets in as many bytes as every place in the new file fits into. */
function withRoom({ isBig }: TiffStart, { tag, count }: Entry): Entry {
  return { tag, count, type: isBig ? LONG8 : LONG, values: Buffer.alloc(count * (isBig ? 8 : 4)) };
}

/** Behind the directory, on even places, in its order. */
function placesOfValues(
  start: TiffStart,
  entries: readonly Entry[],
): { readonly of: ReadonlyMap<Entry, number>; readonly end: number } {
  const sizes = sizesOf(start);
  const of = new Map<Entry, number>();
  let end = sizes.start + sizes.count + entries.length * sizes.entry + sizes.offset;
  for (const entry of entries) {
    if (entry.values.length <= sizes.offset) continue;
    end += end % 2;
    of.set(entry, end);
    end += entry.values.length;
  }
  return { of, end };
}

function writeHead(
  start: TiffStart,
  layout: {
    readonly entries: readonly Entry[];
    readonly valuesAt: ReadonlyMap<Entry, number>;
    readonly headBytes: number;
  },
): Buffer {
  const { entries, valuesAt, headBytes } = layout;
  const { order, isBig } = start;
  const sizes = sizesOf(start);
  const bytes = Buffer.alloc(headBytes);
  bytes.write(order === 'little' ? 'II' : 'MM', 'latin1');
  writeShort(start, bytes, 2, isBig ? 43 : 42);
  if (isBig) writeShort(start, bytes, 4, 8);
  writeOffset(start, bytes, { at: sizes.offset, offset: sizes.start });
  if (isBig) writeOffset(start, bytes, { at: sizes.start, offset: entries.length });
  else writeShort(start, bytes, sizes.start, entries.length);
  for (const [place, entry] of entries.entries()) {
    const at = sizes.start + sizes.count + place * sizes.entry;
    writeShort(start, bytes, at, entry.tag);
    writeShort(start, bytes, at + 2, entry.type);
    writeOffset(start, bytes, { at: at + 4, offset: entry.count });
    const valueAt = valuesAt.get(entry);
    if (valueAt === undefined) bytes.set(entry.values, at + 4 + sizes.offset);
    else {
      writeOffset(start, bytes, { at: at + 4 + sizes.offset, offset: valueAt });
      bytes.set(entry.values, valueAt);
    }
  }
  return bytes;
}

function writeShort({ order }: TiffStart, bytes: Buffer, at: number, value: number): void {
  if (order === 'little') bytes.writeUInt16LE(value, at);
  else bytes.writeUInt16BE(value, at);
}

/** An offset or a count: four bytes, eight in a BigTIFF. */
function writeOffset({ order, isBig }: TiffStart, bytes: Buffer, { at, offset }: { at: number; offset: number }): void {
  if (isBig && order === 'little') bytes.writeBigUInt64LE(BigInt(offset), at);
  else if (isBig) bytes.writeBigUInt64BE(BigInt(offset), at);
  else if (order === 'little') bytes.writeUInt32LE(offset, at);
  else bytes.writeUInt32BE(offset, at);
}

interface Sizes {
  readonly start: number;
  readonly count: number;
  readonly entry: number;
  readonly offset: number;
}

function sizesOf({ isBig }: TiffStart): Sizes {
  return isBig ? { start: 16, count: 8, entry: 20, offset: 8 } : { start: 8, count: 2, entry: 12, offset: 4 };
}

function entriesOf(head: HeadBytes, start: TiffStart, directoryAt: number): readonly Entry[] {
  const { order, isBig } = start;
  const sizes = sizesOf(start);
  const count = isBig ? head.uint64(directoryAt, order) : head.uint16(directoryAt, order);
  head.need(directoryAt, directoryAt + sizes.count + count * sizes.entry + sizes.offset);
  const entries: Entry[] = [];
  for (let place = 0; place < count; place++) {
    const at = directoryAt + sizes.count + place * sizes.entry;
    const [tag, type] = [head.uint16(at, order), head.uint16(at + 2, order)];
    const values = isBig ? head.uint64(at + 4, order) : head.uint32(at + 4, order);
    const bytes = (TYPE_BYTES[type] ?? 0) * values;
    if (bytes === 0 || LEFT_OUT.has(tag)) continue;
    const inlineAt = at + (isBig ? 12 : 8);
    const valuesAt =
      bytes <= sizes.offset ? inlineAt : isBig ? head.uint64(inlineAt, order) : head.uint32(inlineAt, order);
    // What lies behind the end is left out, as readers do.
    if (valuesAt + bytes > head.length) continue;
    entries.push({ tag, type, count: values, values: Buffer.from(head.slice(valuesAt, valuesAt + bytes)) });
  }
  return entries;
}
