import { type ByteOrder, createHeadBytes, type HeadBytes, PastHead } from './headBytes.ts';

/** Pieces of a file, of which one was read here and one there; a read between them says which bytes are missing. */
export interface SparseHead extends HeadBytes {
  /** `at` counts from the start of the file. */
  readonly add: (at: number, bytes: Uint8Array) => void;
}

export function createSparseHead(totalBytes: number): SparseHead {
  const pieces: { readonly at: number; readonly bytes: HeadBytes }[] = [];

  function within<Value>(at: number, count: number, read: (piece: HeadBytes, at: number) => Value): Value {
    const piece = pieces.find((each) => each.at <= at && at + count <= each.at + each.bytes.length);
    if (!piece) throw new PastHead(at + count);
    return read(piece.bytes, at - piece.at);
  }

  return {
    length: totalBytes,
    add: (at, bytes) => pieces.push({ at, bytes: createHeadBytes(bytes) }),
    need(bytes) {
      if (bytes > totalBytes) throw new PastHead(bytes);
    },
    uint8: (at) => within(at, 1, (piece, place) => piece.uint8(place)),
    uint16: (at, order: ByteOrder) => within(at, 2, (piece, place) => piece.uint16(place, order)),
    uint24: (at) => within(at, 3, (piece, place) => piece.uint24(place)),
    uint32: (at, order: ByteOrder) => within(at, 4, (piece, place) => piece.uint32(place, order)),
    uint64: (at, order: ByteOrder) => within(at, 8, (piece, place) => piece.uint64(place, order)),
    float32: (at, order: ByteOrder) => within(at, 4, (piece, place) => piece.float32(place, order)),
    float64: (at, order: ByteOrder) => within(at, 8, (piece, place) => piece.float64(place, order)),
    text: (at, characters) => within(at, characters, (piece, place) => piece.text(place, characters)),
  };
}
