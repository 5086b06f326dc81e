/** TIFF files for tests, written by hand: libraries write few of the kinds that are met. */

export interface TiffDrawing {
  readonly width?: number;
  readonly height?: number;
  readonly bands?: number;
  readonly bits?: 8 | 16 | 32;
  readonly format?: 'unsigned' | 'signed' | 'float';
  /** PhotometricInterpretation; 1 (0 is black), of three bands and more 2 (RGB). */
  readonly photometric?: number;
  /** The value at a place: sample after sample, row after row. */
  readonly values: (place: number) => number;
  /** Tag, type (2 text, 3 and 4 whole numbers, 12 floating point), values. */
  readonly tags?: readonly Tag[];
}

type Tag = readonly [tag: number, type: 2 | 3 | 4 | 12, values: string | readonly number[]];

/** One strip without compression, little endian, its directory before its pixels. 16 x 12 unless told otherwise. */
export function drawTiff(drawing: TiffDrawing): Buffer {
  const { width = 16, height = 12, bands = 1, bits = 8, format = 'unsigned', values, tags = [] } = drawing;
  const { photometric = bands >= 3 ? 2 : 1 } = drawing;
  const pixels = Buffer.alloc(width * height * bands * (bits / 8));
  for (let place = 0; place < width * height * bands; place++) {
    writeSample(pixels, { at: place * (bits / 8), bits, format, value: values(place) });
  }
  const formatCode = { unsigned: 1, signed: 2, float: 3 }[format];
  const own: readonly Tag[] = [
    [256, 4, [width]],
    [257, 4, [height]],
    [258, 3, Array<number>(bands).fill(bits)],
    [259, 3, [1]],
    [262, 3, [photometric]],
    [273, 4, [0]],
    [277, 3, [bands]],
    [278, 4, [height]],
    [279, 4, [pixels.length]],
    [339, 3, Array<number>(bands).fill(formatCode)],
  ];
  const given = tags.map(([tag]) => tag);
  const all = [...own.filter(([tag]) => !given.includes(tag)), ...tags].sort(([one], [other]) => one - other);
  return assemble(all, pixels);
}

function assemble(tags: readonly Tag[], pixels: Buffer): Buffer {
  const contents = tags.map(([, type, values]) => encodeValues(type, values));
  const directory = Buffer.alloc(2 + tags.length * 12 + 4);
  directory.writeUInt16LE(tags.length, 0);
  let outsideAt = 8 + directory.length;
  const outside: Buffer[] = [];
  const pixelsAt = outsideAt + contents.reduce((sum, { length }) => sum + (length > 4 ? length : 0), 0);
  for (const [place, [tag, type, values]] of tags.entries()) {
    const at = 2 + place * 12;
    const content = contents[place] ?? Buffer.alloc(0);
    if (tag === 273) content.writeUInt32LE(pixelsAt, 0);
    directory.writeUInt16LE(tag, at);
    directory.writeUInt16LE(type, at + 2);
    directory.writeUInt32LE(typeof values === 'string' ? content.length : values.length, at + 4);
    if (content.length <= 4) {
      content.copy(directory, at + 8);
    } else {
      directory.writeUInt32LE(outsideAt, at + 8);
      outside.push(content);
      outsideAt += content.length;
    }
  }
  return Buffer.concat([Buffer.from('II*\0\x08\0\0\0', 'latin1'), directory, ...outside, pixels]);
}

function encodeValues(type: number, values: string | readonly number[]): Buffer {
  if (typeof values === 'string') return Buffer.from(`${values}\0`, 'latin1');
  const bytes = { 3: 2, 4: 4, 12: 8 }[type] ?? 1;
  const content = Buffer.alloc(values.length * bytes);
  for (const [place, value] of values.entries()) {
    if (type === 3) content.writeUInt16LE(value, place * 2);
    else if (type === 4) content.writeUInt32LE(value, place * 4);
    else content.writeDoubleLE(value, place * 8);
  }
  return content;
}

interface Sample {
  readonly at: number;
  readonly bits: number;
  readonly format: string;
  readonly value: number;
}

function writeSample(pixels: Buffer, { at, bits, format, value }: Sample): void {
  if (format === 'float') pixels.writeFloatLE(value, at);
  else if (format === 'signed') pixels.writeIntLE(value, at, bits / 8);
  else pixels.writeUIntLE(value, at, bits / 8);
}

/** Sets a tag that holds one 16-bit number in a file of `drawTiff`. */
export function withTiffTag(file: Buffer, tag: number, value: number): Buffer {
  const changed = Buffer.from(file);
  for (let entry = 0; entry < changed.readUInt16LE(8); entry++) {
    const at = 10 + entry * 12;
    if (changed.readUInt16LE(at) === tag) changed.writeUInt16LE(value, at + 8);
  }
  return changed;
}
