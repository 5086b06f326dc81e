/** Rows of red, green and blue, and perhaps transparency, a byte each; `stride` bytes from one row to the next. */
export interface PixelRows {
  readonly width: number;
  readonly height: number;
  readonly channels: 3 | 4;
  readonly stride: number;
  readonly data: Uint8Array;
}

/** Types of values in a TIFF. */
const [SHORT, LONG, UNDEFINED] = [3, 4, 7] as const;
const BYTES_OF: Readonly<Record<number, number>> = { [SHORT]: 2, [LONG]: 4, [UNDEFINED]: 1 };
/** Read piece by piece, so that the decoder does not hold the picture twice. */
const STRIP_BYTES = 1_048_576;

/**
 * A picture without compression as a TIFF 6.0, which the decoder of all other images reads, with its colour profile.
 *
 * @param profile ICC; empty: none
 */
export function plainTiff(rows: PixelRows, profile: Uint8Array): Uint8Array {
  const { width, height, channels } = rows;
  const rowBytes = width * channels;
  const rowsPerStrip = Math.max(1, Math.min(height, Math.floor(STRIP_BYTES / rowBytes)));
  const strips = Array.from({ length: Math.ceil(height / rowsPerStrip) }, (_, strip) => strip * rowsPerStrip);
  const stripBytes = strips.map((row) => Math.min(rowsPerStrip, height - row) * rowBytes);
  const entriesOf = (pixelsAt: number): readonly Entry[] => [
    [256, LONG, [width]],
    [257, LONG, [height]],
    [258, SHORT, Array<number>(channels).fill(8)],
    [259, SHORT, [1]],
    [262, SHORT, [2]],
    [273, LONG, strips.map((row) => pixelsAt + row * rowBytes)],
    [277, SHORT, [channels]],
    [278, LONG, [rowsPerStrip]],
    [279, LONG, stripBytes],
    // Transparency, by which the colours are not multiplied.
    ...(channels === 4 ? [[338, SHORT, [2]] as const] : []),
    ...(profile.length > 0 ? [[34_675, UNDEFINED, profile] as const] : []),
  ];
  const pixelsAt = endOfDirectory(entriesOf(0));
  const file = new Uint8Array(pixelsAt + height * rowBytes);
  writeDirectory(file, entriesOf(pixelsAt));
  for (let row = 0; row < height; row++) {
    file.set(rows.data.subarray(row * rows.stride, row * rows.stride + rowBytes), pixelsAt + row * rowBytes);
  }
  return file;
}

type Entry = readonly [tag: number, type: number, values: ArrayLike<number>];

const DIRECTORY_AT = 8;

function valueBytes([, type, values]: Entry): number {
  return values.length * (BYTES_OF[type] ?? 1);
}

/** Values of more than four bytes stand behind the directory, each on an even place. */
function placesOfValues(entries: readonly Entry[]): { readonly places: readonly number[]; readonly end: number } {
  let end = DIRECTORY_AT + 2 + entries.length * 12 + 4;
  const places = entries.map((entry) => {
    const place = end;
    const bytes = valueBytes(entry);
    if (bytes > 4) end += bytes + (bytes % 2);
    return place;
  });
  return { places, end };
}

function endOfDirectory(entries: readonly Entry[]): number {
  return placesOfValues(entries).end;
}

function writeDirectory(file: Uint8Array, entries: readonly Entry[]): void {
  const view = new DataView(file.buffer);
  const { places } = placesOfValues(entries);
  file.set([0x49, 0x49, 42, 0]);
  view.setUint32(4, DIRECTORY_AT, true);
  view.setUint16(DIRECTORY_AT, entries.length, true);
  for (const [index, entry] of entries.entries()) {
    const [tag, type, values] = entry;
    const at = DIRECTORY_AT + 2 + index * 12;
    const isInline = valueBytes(entry) <= 4;
    const valuesAt = isInline ? at + 8 : (places[index] ?? 0);
    view.setUint16(at, tag, true);
    view.setUint16(at + 2, type, true);
    view.setUint32(at + 4, values.length, true);
    if (!isInline) view.setUint32(at + 8, valuesAt, true);
    for (let place = 0; place < values.length; place++) {
      const value = values[place] ?? 0;
      if (type === SHORT) view.setUint16(valuesAt + place * 2, value, true);
      else if (type === LONG) view.setUint32(valuesAt + place * 4, value, true);
      else view.setUint8(valuesAt + place, value);
    }
  }
}
