/** Bytes of a value by its type (TIFF 6.0, page 15). */
const BYTES: Readonly<Record<number, number>> = {
  1: 1,
  2: 1,
  3: 2,
  4: 4,
  5: 8,
  6: 1,
  7: 1,
  8: 2,
  9: 4,
  10: 8,
  11: 4,
  12: 8,
};
const STRIP_OFFSETS = 273;
const ENTRY_BYTES = 12;
/** Where the value stands in an entry, or the place of the values. */
const VALUE_AT = 8;

/**
 * One TIFF with the pages of several, each of which has one page. libvips writes several pages with eight bits only.
 *
 * @param files little endian, in strips
 */
export function chainTiffs(files: readonly Buffer[]): Buffer {
  const pieces: Buffer[] = [];
  let length = 0;
  /** Where the place of the next page's directory is written, in which piece. */
  let link: { readonly piece: Buffer; readonly at: number } | undefined;
  for (const file of files) {
    const piece = Buffer.concat([file, Buffer.alloc(file.length % 2)]);
    const directory = piece.readUInt32LE(4);
    movePlaces(piece, directory, length);
    link?.piece.writeUInt32LE(length + directory, link.at);
    link = { piece, at: directory + 2 + piece.readUInt16LE(directory) * ENTRY_BYTES };
    pieces.push(piece);
    length += piece.length;
  }
  return Buffer.concat(pieces);
}

/** Adds to every place in the file that the directory names. */
function movePlaces(file: Buffer, directory: number, by: number): void {
  const add = (at: number, bytes: number): void => {
    if (bytes === 2) throw new RangeError('A strip whose place has 16 bits cannot be moved.');
    file.writeUInt32LE(file.readUInt32LE(at) + by, at);
  };
  for (let entry = 0; entry < file.readUInt16LE(directory); entry++) {
    const at = directory + 2 + entry * ENTRY_BYTES;
    const [tag, bytes, count] = [
      file.readUInt16LE(at),
      BYTES[file.readUInt16LE(at + 2)] ?? 1,
      file.readUInt32LE(at + 4),
    ];
    const isOutside = bytes * count > 4;
    if (tag === STRIP_OFFSETS) {
      const first = isOutside ? file.readUInt32LE(at + VALUE_AT) : at + VALUE_AT;
      for (let strip = 0; strip < count; strip++) add(first + strip * bytes, bytes);
    }
    if (isOutside) add(at + VALUE_AT, 4);
  }
}
