import { ImageRejected } from '../../errors.ts';
import { brokenImage, type StoredImage } from '../imageHeader.ts';
import type { HeadBytes } from './headBytes.ts';
import { describeHeif, type HeifDescription, readHeifPicture } from './heifPicture.ts';
import { findIsoBox, isoBoxes } from './isoBoxes.ts';

/**
 * HEIC, as phones store photos: a HEIF file whose main picture is coded as HEVC, often in tiles. Other pictures in it (a burst,
 * a depth map, a thumbnail) are left out.
 *
 * @throws {ImageRejected} `unsupported-format` for one that is coded in another way; `broken-image`
 */
export function readHeicHeader(head: HeadBytes): StoredImage {
  const description = describeHeif(head, 'HEIC');
  const coding = codingOf(head, description);
  if (coding !== 'hvc1') {
    throw new ImageRejected(
      'unsupported-format',
      `The file is a HEIF picture coded as "${coding.replaceAll(/[^\x20-\x7e]/g, '?')}", which is not supported; save it as PNG or JPEG.`,
    );
  }
  const picture = readHeifPicture(head, description);
  return { format: 'heic', ...picture, animated: isSequence(head), isLossless: false, isPlain: false };
}

/** Brands of files that hold a film as well. */
function isSequence(head: HeadBytes): boolean {
  return /^(?:hev[cmsx]|msf1)$/.test(head.text(8, 4));
}

/** What is made of other pictures, of tiles for example: they hold the pixels. */
const DERIVED: ReadonlySet<string> = new Set(['grid', 'iden', 'iovl']);
const MOST_DERIVATIONS = 8;

/** How the pixels are coded: the type of the main item, or of the first that it is made of. */
function codingOf(head: HeadBytes, { meta, primary }: HeifDescription): string {
  let item: number | undefined = primary;
  for (let step = 0; step < MOST_DERIVATIONS && item !== undefined; step++) {
    const type = typeOfItem(head, meta, item);
    if (type !== undefined && !DERIVED.has(type)) return type;
    item = type === undefined ? undefined : firstSource(head, meta, item);
  }
  throw brokenImage('HEIC', 'it has no main picture');
}

/** `iinf` (ISO/IEC 14496-12, 8.11.6): an `infe` for each item. */
function typeOfItem(head: HeadBytes, meta: { at: number; end: number }, wanted: number): string | undefined {
  const list = findIsoBox(head, { ...meta, type: 'iinf' });
  if (list === undefined) return undefined;
  const entries = { at: list.at + (head.uint8(list.at) === 0 ? 6 : 8), end: list.end };
  for (const { type, at } of isoBoxes(head, entries)) {
    const version = head.uint8(at);
    if (type !== 'infe' || version < 2) continue;
    const item = version === 2 ? head.uint16(at + 4, 'big') : head.uint32(at + 4, 'big');
    if (item === wanted) return head.text(at + (version === 2 ? 8 : 10), 4);
  }
  return undefined;
}

/** `iref` (8.11.12): of the items that it is made of (`dimg`) the first. */
function firstSource(head: HeadBytes, meta: { at: number; end: number }, item: number): number | undefined {
  const references = findIsoBox(head, { ...meta, type: 'iref' });
  if (references === undefined) return undefined;
  const isShort = head.uint8(references.at) === 0;
  const numberAt = (at: number): number => (isShort ? head.uint16(at, 'big') : head.uint32(at, 'big'));
  const idBytes = isShort ? 2 : 4;
  for (const { type, at } of isoBoxes(head, { at: references.at + 4, end: references.end })) {
    const isWanted = type === 'dimg' && numberAt(at) === item && head.uint16(at + idBytes, 'big') > 0;
    if (isWanted) return numberAt(at + idBytes + 2);
  }
  return undefined;
}
