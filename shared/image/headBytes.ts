/** The first bytes of a file, read with bounds: a read behind them says how many would have been needed. */

export type ByteOrder = 'big' | 'little';

export interface HeadBytes {
  readonly length: number;
  /** @throws {PastHead} when fewer bytes than this are there. */
  readonly need: (bytes: number) => void;
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
}

/** Remembers how far it was read. */
export interface ReadHead extends HeadBytes {
  /** Up to and including the furthest byte that was asked for and is there. */
  readonly readBytes: () => number;
}

/** A read behind the head. `neededBytes` counts from the start of the file. */
export class PastHead extends Error {
  override readonly name = 'PastHead';
  readonly neededBytes: number;

  constructor(neededBytes: number) {
    super(`${neededBytes} bytes are needed`);
    this.neededBytes = neededBytes;
  }
}

export function createHeadBytes(bytes: Uint8Array): ReadHead {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let readBytes = 0;

  function need(neededBytes: number): void {
    if (neededBytes > bytes.length) throw new PastHead(neededBytes);
    if (neededBytes > readBytes) readBytes = neededBytes;
  }

  return {
    length: bytes.length,
    readBytes: () => readBytes,
    need,
    uint8(at) {
      need(at + 1);
      return view.getUint8(at);
    },
    uint16(at, order) {
      need(at + 2);
      return view.getUint16(at, order === 'little');
    },
    uint24(at) {
      need(at + 3);
      return view.getUint16(at, true) + view.getUint8(at + 2) * 0x10000;
    },
    uint32(at, order) {
      need(at + 4);
      return view.getUint32(at, order === 'little');
    },
    uint64(at, order) {
      need(at + 8);
      return Number(view.getBigUint64(at, order === 'little'));
    },
    float32(at, order) {
      need(at + 4);
      return view.getFloat32(at, order === 'little');
    },
    float64(at, order) {
      need(at + 8);
      return view.getFloat64(at, order === 'little');
    },
    text(at, characters) {
      need(at + characters);
      return String.fromCharCode(...bytes.subarray(at, at + characters));
    },
  };
}
