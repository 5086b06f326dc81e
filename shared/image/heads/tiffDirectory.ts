import type { ByteOrder, HeadBytes } from './headBytes.ts';

/**
 * Directories of tags, as TIFF 6.0 (Adobe, 1992-06-03) and BigTIFF lay them out; EXIF in JPEG, PNG and WEBP is the same.
 * Offsets in a directory count from `base`, where the byte order mark stands.
 */
export interface TiffStart {
  readonly base: number;
  readonly order: ByteOrder;
  readonly isBig: boolean;
  readonly firstDirectoryAt: number;
}

interface TiffDirectory {
  /** Tag to value, of tags that hold one whole number; of those in `firstOf` the first of several. */
  readonly numbers: ReadonlyMap<number, number>;
  /** 0: this was the last one. */
  readonly nextDirectoryAt: number;
}

const SHORT = 3;
const LONG = 4;
const LONG8 = 16;

/** The start of a TIFF structure; undefined when there is none. */
export function readTiffStart(head: HeadBytes, base: number): TiffStart | undefined {
  const mark = head.text(base, 2);
  if (mark !== 'II' && mark !== 'MM') return undefined;
  const order = mark === 'II' ? 'little' : 'big';
  const version = head.uint16(base + 2, order);
  if (version === 42) return { base, order, isBig: false, firstDirectoryAt: head.uint32(base + 4, order) };
  if (version === 43) return { base, order, isBig: true, firstDirectoryAt: head.uint64(base + 8, order) };
  return undefined;
}

/**
 * One directory. Reads at most `mostEntries` of its tags, which are in ascending order, so that a chain of thousands of
 * directories costs little.
 */
export function readDirectory(
  head: HeadBytes,
  start: TiffStart,
  wanted: { at: number; mostEntries: number; firstOf?: ReadonlySet<number> },
): TiffDirectory {
  const { base, order, isBig } = start;
  const countAt = base + wanted.at;
  const entries = isBig ? head.uint64(countAt, order) : head.uint16(countAt, order);
  const entryBytes = isBig ? 20 : 12;
  const firstEntryAt = countAt + (isBig ? 8 : 2);
  const nextAt = firstEntryAt + entries * entryBytes;
  head.need(countAt, nextAt);

  const numbers = new Map<number, number>();
  for (let entry = 0; entry < Math.min(entries, wanted.mostEntries); entry++) {
    const at = firstEntryAt + entry * entryBytes;
    const tag = head.uint16(at, order);
    const value = readNumber(head, start, { at, isFirstOfMany: wanted.firstOf?.has(tag) === true });
    if (value !== undefined) numbers.set(tag, value);
  }
  return { numbers, nextDirectoryAt: isBig ? head.uint64(nextAt, order) : head.uint32(nextAt, order) };
}

function readNumber(
  head: HeadBytes,
  { base, order, isBig }: TiffStart,
  entry: { readonly at: number; readonly isFirstOfMany: boolean },
): number | undefined {
  const { at, isFirstOfMany } = entry;
  const type = head.uint16(at + 2, order);
  const count = isBig ? head.uint64(at + 4, order) : head.uint32(at + 4, order);
  const inlineAt = at + (isBig ? 12 : 8);
  if (count !== 1 && !(isFirstOfMany && count > 1 && type === SHORT)) return undefined;
  if (type === SHORT) {
    const isInline = count * 2 <= (isBig ? 8 : 4);
    return head.uint16(isInline ? inlineAt : base + readOffset(head, { isBig, order, at: inlineAt }), order);
  }
  if (type === LONG) return head.uint32(inlineAt, order);
  return type === LONG8 && isBig ? head.uint64(inlineAt, order) : undefined;
}

function readOffset(head: HeadBytes, { isBig, order, at }: { isBig: boolean; order: ByteOrder; at: number }): number {
  return isBig ? head.uint64(at, order) : head.uint32(at, order);
}
