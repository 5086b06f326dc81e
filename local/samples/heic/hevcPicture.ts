import { ArithmeticCoder, contextOf } from './arithmeticCoder.ts';
import { BitWriter } from './bits.ts';

/** A picture as luma and two planes of chroma of half its size; both sides are even. */
export interface YuvPicture {
  readonly width: number;
  readonly height: number;
  readonly luma: Uint8Array;
  readonly chroma: readonly [Uint8Array, Uint8Array];
}

/** One picture of HEVC: its parameter sets, and its slice with its length before it. */
export interface HevcPicture {
  readonly width: number;
  readonly height: number;
  /** The decoder configuration (ISO/IEC 14496-15, 8.3.3.1). */
  readonly configuration: Buffer;
  readonly data: Buffer;
}

/** Side of the blocks, all of one size. */
const BLOCK = 16;
const [VPS, SPS, PPS, IDR] = [32, 33, 34, 19] as const;

/**
 * Codes a picture as HEVC (ITU-T H.265) in the simplest way that there is, without loss: a block is stored as it is, unless it
 * is of one colour and goes on from its neighbours. Small for drawings, large for photographs.
 */
export function encodeHevc(picture: YuvPicture): HevcPicture {
  const { width, height } = picture;
  const sets = [
    { type: VPS, unit: unitOf(VPS, videoSet()) },
    { type: SPS, unit: unitOf(SPS, sequenceSet(picture)) },
    { type: PPS, unit: unitOf(PPS, pictureSet()) },
  ];
  return { width, height, configuration: configurationOf(sets), data: withLength(unitOf(IDR, slice(picture)), 4) };
}

/** A network unit: its head, and its bytes without three that a start code has (7.3.1.1). */
function unitOf(type: number, payload: Uint8Array): Buffer {
  const bytes = [type << 1, 1];
  let zeros = 0;
  for (const byte of payload) {
    if (zeros === 2 && byte <= 3) {
      bytes.push(3);
      zeros = 0;
    }
    bytes.push(byte);
    zeros = byte === 0 ? zeros + 1 : 0;
  }
  return Buffer.from(bytes);
}

function withLength(bytes: Buffer, lengthBytes: 2 | 4): Buffer {
  const length = Buffer.alloc(lengthBytes);
  length.writeUIntBE(bytes.length, 0, lengthBytes);
  return Buffer.concat([length, bytes]);
}

/** Main Still Picture, progressive, level 6.2: 12 bytes that stand in two parameter sets and the configuration. */
const PROFILE = Buffer.from([0x03, 0x70, 0, 0, 0, 0x90, 0, 0, 0, 0, 0, 186]);

function configurationOf(sets: readonly { readonly type: number; readonly unit: Buffer }[]): Buffer {
  const fixed = Buffer.from([1, ...PROFILE, 0xf0, 0, 0xfc, 0xfd, 0xf8, 0xf8, 0, 0, 0x0f, sets.length]);
  return Buffer.concat([
    fixed,
    ...sets.map(({ type, unit }) => Buffer.concat([Buffer.from([0x80 | type, 0, 1]), withLength(unit, 2)])),
  ]);
}

function videoSet(): Uint8Array {
  const bits = new BitWriter();
  bits.fixed(0b0000_11_000000_000_1, 16);
  bits.fixed(0xffff, 16);
  bits.whole(PROFILE);
  bits.bit(1);
  for (let each = 0; each < 3; each++) bits.golomb(0);
  bits.fixed(0, 6);
  bits.golomb(0);
  bits.fixed(0, 2);
  bits.trailing();
  return bits.done();
}

function sequenceSet({ width, height }: YuvPicture): Uint8Array {
  const bits = new BitWriter();
  bits.fixed(0b0000_000_1, 8);
  bits.whole(PROFILE);
  const [codedWidth, codedHeight] = [toBlocks(width) * BLOCK, toBlocks(height) * BLOCK];
  for (const value of [0, 1, codedWidth, codedHeight]) bits.golomb(value);
  // What is shown of it, in pixels of chroma.
  bits.bit(1);
  for (const value of [0, (codedWidth - width) / 2, 0, (codedHeight - height) / 2]) bits.golomb(value);
  for (const value of [0, 0, 0]) bits.golomb(value);
  bits.bit(1);
  for (const value of [0, 0, 0]) bits.golomb(value);
  // Blocks of 16 pixels, never split, transforms from 4 to 16.
  for (const value of [1, 0, 0, 2, 0, 0]) bits.golomb(value);
  bits.fixed(0b000, 3);
  // Blocks may be stored as they are, with 8 bits, and are not smoothed.
  bits.bit(1);
  bits.fixed(0x77, 8);
  bits.golomb(1);
  bits.golomb(0);
  bits.bit(1);
  bits.golomb(0);
  bits.fixed(0b00000, 5);
  bits.trailing();
  return bits.done();
}

function pictureSet(): Uint8Array {
  const bits = new BitWriter();
  bits.golomb(0);
  bits.golomb(0);
  bits.fixed(0b00_000_0_0, 7);
  for (let each = 0; each < 3; each++) bits.golomb(0);
  bits.fixed(0b000, 3);
  bits.golomb(0);
  bits.golomb(0);
  bits.fixed(0b0_0_0_0_0_0_0, 7);
  // Edges of blocks are not smoothed.
  bits.fixed(0b1_0_1, 3);
  bits.fixed(0b00, 2);
  bits.golomb(0);
  bits.fixed(0b00, 2);
  bits.trailing();
  return bits.done();
}

function slice(picture: YuvPicture): Uint8Array {
  const bits = new BitWriter();
  bits.fixed(0b10, 2);
  bits.golomb(0);
  bits.golomb(2);
  bits.golomb(0);
  bits.trailing();
  const coder = new ArithmeticCoder(bits);
  const [part, luma, chroma, chromaRest, lumaRest] = [184, 184, 63, 94, 141].map(contextOf);
  if (!part || !luma || !chroma || !chromaRest || !lumaRest) throw new RangeError('five contexts');
  const [columns, rows] = [toBlocks(picture.width), toBlocks(picture.height)];
  for (let block = 0; block < columns * rows; block++) {
    const [left, top] = [(block % columns) * BLOCK, Math.floor(block / columns) * BLOCK];
    coder.decide(part, 1);
    if (goesOn(picture, left, top)) {
      coder.terminate(0);
      // The mean of its neighbours, which is the second of the likely predictions; nothing differs from it.
      coder.decide(luma, 1);
      coder.bypass(1);
      coder.bypass(0);
      coder.decide(chroma, 0);
      coder.decide(chromaRest, 0);
      coder.decide(chromaRest, 0);
      coder.decide(lumaRest, 0);
    } else {
      coder.terminate(1);
      for (const plane of planesOf(picture)) bits.whole(blockOf(plane, left / plane.scale, top / plane.scale));
    }
    coder.terminate(block === columns * rows - 1 ? 1 : 0);
  }
  return bits.done();
}

interface Plane {
  readonly samples: Uint8Array;
  readonly width: number;
  readonly height: number;
  readonly scale: 1 | 2;
}

function planesOf({ width, height, luma, chroma }: YuvPicture): readonly Plane[] {
  const half = { width: width / 2, height: height / 2, scale: 2 } as const;
  return [{ samples: luma, width, height, scale: 1 }, ...chroma.map((samples) => ({ samples, ...half }))];
}

/** Beyond the picture its last pixels go on. */
function sampleAt({ samples, width, height }: Plane, x: number, y: number): number {
  return samples[Math.min(y, height - 1) * width + Math.min(x, width - 1)] ?? 0;
}

function blockOf(plane: Plane, left: number, top: number): Uint8Array {
  const side = BLOCK / plane.scale;
  return Uint8Array.from({ length: side * side }, (_, at) =>
    sampleAt(plane, left + (at % side), top + Math.floor(at / side)),
  );
}

/** Whether a block and the pixels beside it, above and on the left, are all of one colour. */
function goesOn(picture: YuvPicture, left: number, top: number): boolean {
  if (left === 0 && top === 0) return false;
  return planesOf(picture).every((plane) => {
    const [x, y, side] = [left / plane.scale, top / plane.scale, BLOCK / plane.scale];
    const colour = sampleAt(plane, x, y);
    const isSame = (dx: number, dy: number): boolean => sampleAt(plane, x + dx, y + dy) === colour;
    const steps = Array.from({ length: side }, (_, step) => step);
    return (
      steps.every((dy) => steps.every((dx) => isSame(dx, dy))) &&
      (left === 0 || steps.every((dy) => isSame(-1, dy))) &&
      (top === 0 || steps.every((dx) => isSame(dx, -1)))
    );
  });
}

function toBlocks(side: number): number {
  return Math.ceil(side / BLOCK);
}
