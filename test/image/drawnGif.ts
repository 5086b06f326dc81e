export interface GifDrawing {
  readonly screen: readonly [width: number, height: number];
  readonly frames: readonly {
    readonly left?: number;
    readonly top?: number;
    readonly size: readonly [number, number];
  }[];
  /** Index of the colour that is clear: 0 is dark, 1 is light. */
  readonly clear?: number;
}

/** A GIF of two colours in columns, whose frames may differ from its screen: no library writes such. */
export function drawGif({ screen, frames, clear }: GifDrawing): Buffer {
  const start = Buffer.from('GIF89a\0\0\0\0\x80\0\0\x0a\x14\x1e\xc8\xd2\xdc', 'latin1');
  start.writeUInt16LE(screen[0], 6);
  start.writeUInt16LE(screen[1], 8);
  const parts: Buffer[] = [start];
  for (const { left = 0, top = 0, size } of frames) {
    if (clear !== undefined) parts.push(Buffer.from([0x21, 0xf9, 4, 1, 0, 0, clear, 0]));
    const descriptor = Buffer.alloc(10);
    descriptor[0] = 0x2c;
    for (const [place, value] of [left, top, ...size].entries()) descriptor.writeUInt16LE(value, 1 + place * 2);
    parts.push(descriptor, pixelBlocks(size[0] * size[1]));
  }
  return Buffer.concat([...parts, Buffer.from([0x3b])]);
}

/** Codes of three bits; the table is cleared before every second pixel, so that codes never grow. */
function pixelBlocks(pixels: number): Buffer {
  const codes = Array.from({ length: pixels }, (_, at) => (at % 2 === 0 ? [4, 0] : [1])).flat();
  const bits = [...codes, 5].flatMap((code) => [code & 1, (code >> 1) & 1, (code >> 2) & 1]);
  const data = Buffer.alloc(Math.ceil(bits.length / 8));
  for (const [at, bit] of bits.entries()) data[at >> 3] = (data[at >> 3] ?? 0) | (bit << (at & 7));
  const blocks: Buffer[] = [Buffer.from([2])];
  for (let at = 0; at < data.length; at += 255) {
    const block = data.subarray(at, at + 255);
    blocks.push(Buffer.from([block.length]), block);
  }
  return Buffer.concat([...blocks, Buffer.from([0])]);
}
