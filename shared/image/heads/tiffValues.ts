import type { ByteOrder, HeadBytes } from './headBytes.ts';
import type { TiffStart } from './tiffDirectory.ts';

const [ASCII, SHORT, LONG, SBYTE, SSHORT, SLONG, FLOAT, DOUBLE, LONG8] = [2, 3, 4, 6, 8, 9, 11, 12, 16] as const;

/** Bytes of one value by type (TIFF 6.0, section 2; BigTIFF); other types are not needed here. */
const TYPE_BYTES: Readonly<Record<number, number>> = { 1: 1, 2: 1, 3: 2, 4: 4, 6: 1, 8: 2, 9: 4, 11: 4, 12: 8, 16: 8 };
/** A striped picture of 100,000 rows has as many strips at most. */
const MOST_VALUES = 200_000;
const LONGEST_TEXT = 1_000;

interface TiffValues {
  readonly numbers: ReadonlyMap<number, readonly number[]>;
  readonly texts: ReadonlyMap<number, string>;
}

/**
 * All numbers and texts of a directory, wherever in the file they are; a tag whose values lie behind the end has none.
 *
 * @throws {PastHead} when the directory itself ends behind the bytes
 */
export function readValues(head: HeadBytes, start: TiffStart, directoryAt: number): TiffValues {
  const { base, order, isBig } = start;
  const countAt = base + directoryAt;
  const entries = isBig ? head.uint64(countAt, order) : head.uint16(countAt, order);
  const numbers = new Map<number, readonly number[]>();
  const texts = new Map<number, string>();
  for (let entry = 0; entry < entries; entry++) {
    const at = countAt + (isBig ? 8 + entry * 20 : 2 + entry * 12);
    const [tag, type] = [head.uint16(at, order), head.uint16(at + 2, order)];
    const count = isBig ? head.uint64(at + 4, order) : head.uint32(at + 4, order);
    const bytes = TYPE_BYTES[type] ?? 0;
    if (bytes === 0 || count > (type === ASCII ? LONGEST_TEXT : MOST_VALUES)) continue;
    const inlineAt = at + (isBig ? 12 : 8);
    const isInline = count * bytes <= (isBig ? 8 : 4);
    const valuesAt = isInline ? inlineAt : base + (isBig ? head.uint64(inlineAt, order) : head.uint32(inlineAt, order));
    if (valuesAt + count * bytes > head.length) continue;
    if (type === ASCII) texts.set(tag, head.text(valuesAt, count).replace(/\0.*$/s, ''));
    else
      numbers.set(
        tag,
        Array.from({ length: count }, (_, place) => readAs(head, { type, order, at: valuesAt + place * bytes })),
      );
  }
  return { numbers, texts };
}

function readAs(head: HeadBytes, value: { type: number; order: ByteOrder; at: number }): number {
  const { type, order, at } = value;
  switch (type) {
    case SHORT:
      return head.uint16(at, order);
    case SSHORT:
      return (head.uint16(at, order) << 16) >> 16;
    case LONG:
      return head.uint32(at, order);
    case SLONG:
      return head.uint32(at, order) | 0;
    case LONG8:
      return head.uint64(at, order);
    case FLOAT:
      return head.float32(at, order);
    case DOUBLE:
      return head.float64(at, order);
    case SBYTE:
      return (head.uint8(at) << 24) >> 24;
    default:
      return head.uint8(at);
  }
}
