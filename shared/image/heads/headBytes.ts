/** The bytes of a file that were read so far. Reading others throws `PastHead` with the needed range. */

export type ByteOrder = 'big' | 'little';

export interface HeadBytes {
  /** Of the whole file, also where only its first bytes were read. */
  readonly length: number;
  /** @throws {PastHead} unless all bytes from `at` up to `end` were read. */
  readonly need: (at: number, end: number) => void;
  readonly slice: (at: number, end: number) => Uint8Array;
  readonly uint8: (at: number) => number;
  readonly uint16: (at: number, order: ByteOrder) => number;
  readonly uint24: (at: number) => number;
  readonly uint32: (at: number, order: ByteOrder) => number;
  /** As a double: offsets above 2^53 lie behind every file anyway. */
  readonly uint64: (at: number, order: ByteOrder) => number;
  readonly float32: (at: number, order: ByteOrder) => number;
  readonly float64: (at: number, order: ByteOrder) => number;
  /** Latin-1, so that every byte is one character. */
  readonly text: (at: number, characters: number) => string;
  /** How many of the first bytes were used: up to the furthest one that was asked for and is there. */
  readonly usedBytes: () => number;
}

/** Bytes that were not read are needed. `at` and `end` count from the start of the file. */
export class PastHead extends Error {
  override readonly name = 'PastHead';
  readonly at: number;
  readonly end: number;

  constructor(at: number, end: number) {
    super(`The bytes from ${at} to ${end} are needed`);
    this.at = at;
    this.end = end;
  }
}

/** Bytes from further back in a file; `at` counts from its start. */
export interface FilePiece {
  readonly at: number;
  readonly bytes: Uint8Array;
}

/**
 * @param first the file's first bytes, or all of them
 * @param file its length, where that is more, and what else of it was read
 */
export function createHeadBytes(
  first: Uint8Array,
  { totalBytes = first.length, further = [] }: { totalBytes?: number; further?: readonly FilePiece[] } = {},
): HeadBytes {
  let piece: FilePiece = { at: 0, bytes: first };
  let view = new DataView(first.buffer, first.byteOffset, first.byteLength);
  let usedBytes = 0;

  /** The place of these bytes in the piece that holds them, which `view` shows from now on. */
  function placeOf(at: number, end: number): number {
    if (at < piece.at || end > piece.at + piece.bytes.length) {
      const holder = [{ at: 0, bytes: first }, ...further].find(
        (each) => each.at <= at && end <= each.at + each.bytes.length,
      );
      if (holder === undefined) throw new PastHead(at, end);
      piece = holder;
      view = new DataView(holder.bytes.buffer, holder.bytes.byteOffset, holder.bytes.byteLength);
    }
    if (piece.at === 0 && end > usedBytes) usedBytes = end;
    return at - piece.at;
  }

  function slice(at: number, end: number): Uint8Array {
    const place = placeOf(at, end);
    return piece.bytes.subarray(place, place + end - at);
  }

  return {
    length: Math.max(totalBytes, first.length),
    usedBytes: () => usedBytes,
    need: (at, end) => void placeOf(at, end),
    slice,
    uint8(at) {
      const place = placeOf(at, at + 1);
      return view.getUint8(place);
    },
    uint16(at, order) {
      const place = placeOf(at, at + 2);
      return view.getUint16(place, order === 'little');
    },
    uint24(at) {
      const place = placeOf(at, at + 3);
      return view.getUint16(place, true) + view.getUint8(place + 2) * 0x10000;
    },
    uint32(at, order) {
      const place = placeOf(at, at + 4);
      return view.getUint32(place, order === 'little');
    },
    uint64(at, order) {
      const place = placeOf(at, at + 8);
      return Number(view.getBigUint64(place, order === 'little'));
    },
    float32(at, order) {
      const place = placeOf(at, at + 4);
      return view.getFloat32(place, order === 'little');
    },
    float64(at, order) {
      const place = placeOf(at, at + 8);
      return view.getFloat64(place, order === 'little');
    },
    text: (at, characters) => String.fromCharCode(...slice(at, at + characters)),
  };
}
