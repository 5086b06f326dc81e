import { encodeHevc, type HevcPicture, type YuvPicture } from './hevcPicture.ts';

/** A picture in rows of red, green and blue; both sides are even. */
export interface RgbPicture {
  readonly width: number;
  readonly height: number;
  readonly rgb: Uint8Array;
}

export interface HeicWriting {
  readonly brand?: string;
  /** Cut into tiles of this side, as phones do; even. */
  readonly tile?: number;
  /** What is done to the picture when it is shown, in this order: boxes such as `irot(1)`. */
  readonly shown?: readonly Buffer[];
  /** How opaque each pixel is. */
  readonly alpha?: Uint8Array;
  /** ICC; default: sRGB, named by numbers. */
  readonly profile?: Buffer;
  /** The description stands behind the pixels. */
  readonly describedLast?: boolean;
  /** The size that the file states; default: that of the picture. */
  readonly stated?: readonly [width: number, height: number];
}

interface Item {
  readonly type: 'hvc1' | 'grid';
  readonly data: Buffer;
  readonly properties: readonly Buffer[];
  readonly isHidden: boolean;
}

/** A HEIC file (ISO/IEC 23008-12). Drawn pictures have one colour or few; see `encodeHevc`. */
export function writeHeic(picture: RgbPicture, writing: HeicWriting = {}): Buffer {
  const { width, height } = picture;
  const { tile, alpha, shown = [], profile, stated = [width, height] } = writing;
  const colours = colourBoxes(profile);
  const items: Item[] = [];
  const references: Buffer[] = [];
  if (tile === undefined) {
    items.push({ ...codedItem(encodeHevc(yuvOf(picture)), stated, [...colours, ...shown]), isHidden: false });
  } else {
    const [columns, rows] = [Math.ceil(width / tile), Math.ceil(height / tile)];
    for (let place = 0; place < columns * rows; place++) {
      const part = cut(picture, {
        left: (place % columns) * tile,
        top: Math.floor(place / columns) * tile,
        side: tile,
      });
      items.push({ ...codedItem(encodeHevc(yuvOf(part)), [tile, tile], colours), isHidden: true });
    }
    const grid = Buffer.from([0, 0, rows - 1, columns - 1, 0, 0, 0, 0]);
    grid.writeUInt16BE(width, 4);
    grid.writeUInt16BE(height, 6);
    items.push({ type: 'grid', data: grid, properties: [sizeBox(stated), ...colours, ...shown], isHidden: false });
    references.push(box('dimg', shorts(items.length, columns * rows, ...items.slice(0, -1).map((_, at) => at + 1))));
  }
  const primary = items.length;
  if (alpha) {
    const kind = fullBox('auxC', 0, Buffer.from('urn:mpeg:mpegB:cicp:systems:auxiliary:alpha\0'));
    const coded = encodeHevc({ ...yuvOf({ width, height, rgb: new Uint8Array(width * height * 3) }), luma: alpha });
    items.push({ ...codedItem(coded, [width, height], [kind, ...shown]), isHidden: true });
    references.push(box('auxl', shorts(items.length, 1, primary)));
  }
  return layOut(items, { ...writing, primary, references });
}

/** `irot`: quarter turns against the clock. */
export function irot(turns: number): Buffer {
  return box('irot', Buffer.from([turns]));
}

/** `imir`: 0 from top to bottom, 1 from left to right. */
export function imir(axis: 0 | 1): Buffer {
  return box('imir', Buffer.from([axis]));
}

/** `clap`: fractions of the width, the height and of how far the middle is moved to the right and down. */
export function clap(...fractions: readonly (readonly [number, number])[]): Buffer {
  const bytes = Buffer.alloc(32);
  for (const [place, value] of fractions.flat().entries()) bytes.writeInt32BE(value, place * 4);
  return box('clap', bytes);
}

function codedItem(
  coded: HevcPicture,
  stated: readonly [number, number],
  more: readonly Buffer[],
): Omit<Item, 'isHidden'> {
  return { type: 'hvc1', data: coded.data, properties: [box('hvcC', coded.configuration), sizeBox(stated), ...more] };
}

function layOut(
  items: readonly Item[],
  file: HeicWriting & { readonly primary: number; readonly references: readonly Buffer[] },
): Buffer {
  const { brand = 'heic', describedLast = false } = file;
  const start = box('ftyp', Buffer.from(`${brand}\0\0\0\0mif1heic`, 'latin1'));
  const pixels = box('mdat', Buffer.concat(items.map(({ data }) => data)));
  const describe = (dataAt: number): Buffer => description(items, { ...file, dataAt });
  if (describedLast) return Buffer.concat([start, pixels, describe(start.length + 8)]);
  return Buffer.concat([start, describe(start.length + describe(0).length + 8), pixels]);
}

function description(
  items: readonly Item[],
  file: { readonly primary: number; readonly references: readonly Buffer[]; readonly dataAt: number },
): Buffer {
  const distinct = [...new Set(items.flatMap(({ properties }) => properties.map((each) => each.toString('latin1'))))];
  const infos = items.map(({ type, isHidden }, at) =>
    fullBox('infe', 2, Buffer.concat([shorts(at + 1, 0), Buffer.from(`${type}\0`)]), isHidden ? 1 : 0),
  );
  let dataAt = file.dataAt;
  const places = items.map(({ data }, at) => {
    const place = Buffer.concat([shorts(at + 1, 0, 1), longs(dataAt, data.length)]);
    dataAt += data.length;
    return place;
  });
  const owned = items.map(({ properties }, at) => {
    // Essential: what it is coded with, and what is done to it.
    const indexes = properties.map((each) => {
      const isEssential = /hvcC|irot|imir|clap/.test(each.toString('latin1', 4, 8));
      return (distinct.indexOf(each.toString('latin1')) + 1) | (isEssential ? 0x80 : 0);
    });
    return Buffer.concat([shorts(at + 1), Buffer.from([indexes.length, ...indexes])]);
  });
  const properties = [
    box('ipco', Buffer.concat(distinct.map((each) => Buffer.from(each, 'latin1')))),
    fullBox('ipma', 0, Buffer.concat([longs(items.length), ...owned])),
  ];
  return fullBox(
    'meta',
    0,
    Buffer.concat([
      fullBox('hdlr', 0, Buffer.from('\0\0\0\0pict\0\0\0\0\0\0\0\0\0\0\0\0\0', 'latin1')),
      fullBox('pitm', 0, shorts(file.primary)),
      fullBox('iloc', 0, Buffer.concat([Buffer.from([0x44, 0]), shorts(items.length), ...places])),
      fullBox('iinf', 0, Buffer.concat([shorts(items.length), ...infos])),
      ...(file.references.length > 0 ? [fullBox('iref', 0, Buffer.concat(file.references))] : []),
      box('iprp', Buffer.concat(properties)),
    ]),
  );
}

function sizeBox([width, height]: readonly [number, number]): Buffer {
  return fullBox('ispe', 0, longs(width, height));
}

/** The matrix of ITU-R BT.601 with the full range, as below, of sRGB; and the profile. */
function colourBoxes(profile: Buffer | undefined): readonly Buffer[] {
  const numbers = box('colr', Buffer.concat([Buffer.from('nclx'), shorts(1, 13, 6), Buffer.from([0x80])]));
  return profile ? [box('colr', Buffer.concat([Buffer.from('prof'), profile])), numbers] : [numbers];
}

function box(type: string, content: Uint8Array): Buffer {
  return Buffer.concat([longs(content.length + 8), Buffer.from(type), content]);
}

function fullBox(type: string, version: number, content: Uint8Array, flags = 0): Buffer {
  return box(type, Buffer.concat([Buffer.from([version, 0, 0, flags]), content]));
}

function shorts(...values: readonly number[]): Buffer {
  return Buffer.from(values.flatMap((value) => [value >> 8, value & 255]));
}

function longs(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 4);
  for (const [place, value] of values.entries()) bytes.writeUInt32BE(value, place * 4);
  return bytes;
}

/** Beyond the picture its last pixels go on. */
function cut({ width, height, rgb }: RgbPicture, at: { left: number; top: number; side: number }): RgbPicture {
  const part = new Uint8Array(at.side ** 2 * 3);
  for (let y = 0; y < at.side; y++) {
    for (let x = 0; x < at.side; x++) {
      const from = (Math.min(at.top + y, height - 1) * width + Math.min(at.left + x, width - 1)) * 3;
      part.set(rgb.subarray(from, from + 3), (y * at.side + x) * 3);
    }
  }
  return { width: at.side, height: at.side, rgb: part };
}

function yuvOf({ width, height, rgb }: RgbPicture): YuvPicture {
  const luma = new Uint8Array(width * height);
  const half = { width: width / 2, count: (width / 2) * (height / 2) };
  const sums: readonly [Float32Array, Float32Array] = [new Float32Array(half.count), new Float32Array(half.count)];
  for (let at = 0; at < luma.length; at++) {
    const [red = 0, green = 0, blue = 0] = rgb.subarray(at * 3, at * 3 + 3);
    const light = 0.299 * red + 0.587 * green + 0.114 * blue;
    luma[at] = Math.round(light);
    const place = Math.floor(Math.floor(at / width) / 2) * half.width + Math.floor((at % width) / 2);
    sums[0][place] = (sums[0][place] ?? 0) + (blue - light) / 1.772 / 4;
    sums[1][place] = (sums[1][place] ?? 0) + (red - light) / 1.402 / 4;
  }
  const [blues, reds] = sums.map((plane) => Uint8Array.from(plane, (sum) => Math.min(255, Math.round(sum + 128))));
  return { width, height, luma, chroma: [blues ?? new Uint8Array(), reds ?? new Uint8Array()] };
}
