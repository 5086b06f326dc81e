import { brokenImage, type Orientation } from '../imageHeader.ts';
import type { HeadBytes } from './headBytes.ts';
import { findIsoBox, type IsoBox, isoBoxes } from './isoBoxes.ts';

/**
 * The main picture of a HEIF file (ISO/IEC 23008-12), whatever it is coded as. EXIF inside such a file says nothing about how
 * to show it.
 */
export interface HeifPicture {
  /** Pixels as they are stored, within the crop. */
  readonly rawWidth: number;
  readonly rawHeight: number;
  readonly orientation: Orientation;
}

/** Where the parts of a file's description are. */
export interface HeifDescription {
  /** The format's name, for messages. */
  readonly name: string;
  readonly meta: IsoBox;
  /** The number of the main picture among the items. */
  readonly primary: number;
}

/** @throws {ImageRejected} `broken-image` when the file describes no picture */
export function describeHeif(head: HeadBytes, name: string): HeifDescription {
  const found = findIsoBox(head, { at: 0, end: head.length, type: 'meta' });
  if (found === undefined) throw brokenImage(name, 'it has no description of its picture');
  head.need(found.at, found.end);
  const meta = { ...found, at: found.at + 4 };
  return { name, meta, primary: primaryItem(head, findIsoBox(head, { ...meta, type: 'pitm' })) };
}

/**
 * The properties of the main item give its size, its crop, its turn and its mirror.
 *
 * @throws {ImageRejected} `broken-image` when it has none
 */
export function readHeifPicture(head: HeadBytes, { name, meta, primary }: HeifDescription): HeifPicture {
  const properties = findIsoBox(head, { ...meta, type: 'iprp' });
  const container = properties && findIsoBox(head, { ...properties, type: 'ipco' });
  const associations = properties && findIsoBox(head, { ...properties, type: 'ipma' });
  if (container === undefined || associations === undefined) throw brokenImage(name, 'its picture has no properties');
  const all = [...isoBoxes(head, container)];
  const ofPrimary = propertiesOf(head, { all, associations, item: primary });
  if (ofPrimary === undefined) throw brokenImage(name, 'its main picture has no properties');
  return pictureOf(head, ofPrimary);
}

function primaryItem(head: HeadBytes, box: IsoBox | undefined): number {
  if (box === undefined) return 1;
  return head.uint8(box.at) === 0 ? head.uint16(box.at + 4, 'big') : head.uint32(box.at + 4, 'big');
}

function propertiesOf(
  head: HeadBytes,
  wanted: { all: readonly IsoBox[]; associations: IsoBox; item: number },
): readonly IsoBox[] | undefined {
  const { at: start, end } = wanted.associations;
  const hasLongIds = head.uint8(start) >= 1;
  const indexBytes = (head.uint8(start + 3) & 1) === 1 ? 2 : 1;
  let at = start + 8;
  while (at < end) {
    const item = hasLongIds ? head.uint32(at, 'big') : head.uint16(at, 'big');
    at += hasLongIds ? 4 : 2;
    const count = head.uint8(at);
    at += 1;
    if (item === wanted.item) {
      return Array.from({ length: count }, (_, place) => {
        const indexAt = at + place * indexBytes;
        return indexBytes === 2 ? head.uint16(indexAt, 'big') & 0x7fff : head.uint8(indexAt) & 0x7f;
      }).flatMap((index) => wanted.all[index - 1] ?? []);
    }
    at += count * indexBytes;
  }
  return undefined;
}

/** Crops, turns and mirrors are applied in the order in which they stand (6.5.9, 6.5.10, 6.5.12). */
function pictureOf(head: HeadBytes, properties: readonly IsoBox[]): HeifPicture {
  let [width, height] = [0, 0];
  // Against the clock, before a mirror from left to right.
  let turns = 0;
  let isMirrored = false;
  for (const { type, at } of properties) {
    if (type === 'ispe') [width, height] = [head.uint32(at + 4, 'big'), head.uint32(at + 8, 'big')];
    if (type === 'clap') {
      width = croppedSide(head, at, { full: width, offsetAt: at + 16, round: Math.floor });
      height = croppedSide(head, at + 8, { full: height, offsetAt: at + 24, round: Math.round });
    }
    if (type === 'irot') {
      const more = head.uint8(at) & 3;
      turns += isMirrored ? 4 - more : more;
      if (more % 2 === 1) [width, height] = [height, width];
    }
    if (type === 'imir') {
      // From top to bottom is from left to right after half a turn.
      if ((head.uint8(at) & 1) === 0) turns += 2;
      isMirrored = !isMirrored;
    }
  }
  const orientation = (isMirrored ? MIRRORED : TURNED)[turns % 4] ?? 1;
  const [rawWidth, rawHeight] = turns % 2 === 1 ? [height, width] : [width, height];
  return { rawWidth, rawHeight, orientation };
}

/** By quarter turns against the clock: the EXIF orientation that shows the same. */
const TURNED: readonly Orientation[] = [1, 8, 3, 6];
const MIRRORED: readonly Orientation[] = [2, 7, 4, 5];

/** A fraction each: the side of the crop, and how far its middle lies from that of the picture; rounded as libheif does. */
function croppedSide(
  head: HeadBytes,
  at: number,
  { full, offsetAt, round }: { full: number; offsetAt: number; round: (value: number) => number },
): number {
  const side = fraction(head, at);
  const first = round(fraction(head, offsetAt) + (full - 1) / 2 - (side - 1) / 2);
  const last = Math.min(full - 1, Math.round(side - 1 + first));
  return last - Math.max(0, first) + 1;
}

/** The first number of both has a sign. */
function fraction(head: HeadBytes, at: number): number {
  return (head.uint32(at, 'big') | 0) / head.uint32(at + 4, 'big');
}
