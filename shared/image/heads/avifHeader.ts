import { brokenImage, type Orientation, type StoredImage } from '../imageHeader.ts';
import type { HeadBytes } from './headBytes.ts';

/**
 * AVIF 1.2 (AOMedia) over HEIF (ISO/IEC 23008-12): the properties of the primary item give its size, its crop, its
 * turn and its mirror. EXIF inside an AVIF says nothing about how to show it.
 */
export function readAvifHeader(head: HeadBytes): StoredImage {
  const meta = findIsoBox(head, { at: 0, end: head.length, type: 'meta' });
  if (meta === undefined) throw brokenImage('AVIF', 'it has no description of its picture');
  head.need(meta.at, meta.end);
  const inMeta = { at: meta.at + 4, end: meta.end };
  const properties = findIsoBox(head, { ...inMeta, type: 'iprp' });
  const container = properties && findIsoBox(head, { ...properties, type: 'ipco' });
  const associations = properties && findIsoBox(head, { ...properties, type: 'ipma' });
  if (container === undefined || associations === undefined) throw brokenImage('AVIF', 'its picture has no properties');

  const all = [...isoBoxes(head, container)];
  const primary = primaryItem(head, findIsoBox(head, { ...inMeta, type: 'pitm' }));
  return {
    ...describePrimary(head, propertiesOf(head, { all, associations, item: primary })),
    animated: isSequence(head),
  };
}

function isSequence(head: HeadBytes): boolean {
  return head.text(8, 4) === 'avis';
}

function primaryItem(head: HeadBytes, box: IsoBox | undefined): number {
  if (box === undefined) return 1;
  return head.uint8(box.at) === 0 ? head.uint16(box.at + 4, 'big') : head.uint32(box.at + 4, 'big');
}

function propertiesOf(
  head: HeadBytes,
  wanted: { all: readonly IsoBox[]; associations: IsoBox; item: number },
): readonly IsoBox[] {
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
  throw brokenImage('AVIF', 'its main picture has no properties');
}

function describePrimary(head: HeadBytes, properties: readonly IsoBox[]): StoredImage {
  let rawWidth = 0;
  let rawHeight = 0;
  let quarterTurns = 0;
  let mirror: 'none' | 'top-bottom' | 'left-right' = 'none';
  for (const { type, at } of properties) {
    if (type === 'ispe') {
      rawWidth = head.uint32(at + 4, 'big');
      rawHeight = head.uint32(at + 8, 'big');
    }
    if (type === 'clap') {
      rawWidth = Math.round(head.uint32(at, 'big') / head.uint32(at + 4, 'big'));
      rawHeight = Math.round(head.uint32(at + 8, 'big') / head.uint32(at + 12, 'big'));
    }
    if (type === 'irot') quarterTurns = head.uint8(at) & 3;
    if (type === 'imir') mirror = (head.uint8(at) & 1) === 0 ? 'top-bottom' : 'left-right';
  }
  const orientation = ORIENTATION_OF_TURN[mirror][quarterTurns];
  return { format: 'avif', rawWidth, rawHeight, orientation, isLossless: false, isPlain: false };
}

/** By quarter turns against the clock, then the mirror: the EXIF orientation that shows the same. */
const ORIENTATION_OF_TURN: Record<'none' | 'top-bottom' | 'left-right', readonly Orientation[]> = {
  none: [1, 8, 3, 6],
  'top-bottom': [4, 5, 2, 7],
  'left-right': [2, 7, 4, 5],
};

/** A box of the ISO base media file format (ISO/IEC 14496-12, 4.2): its type, and where its content starts and ends. */
interface IsoBox {
  readonly type: string;
  readonly at: number;
  readonly end: number;
}

/** The boxes between two places, in order. A box that is shorter than its own head ends the walk. */
function* isoBoxes(head: HeadBytes, within: { at: number; end: number }): Generator<IsoBox> {
  for (let at = within.at; at + 8 <= within.end; ) {
    const shortBytes = head.uint32(at, 'big');
    const headerBytes = shortBytes === 1 ? 16 : 8;
    const bytes = shortBytes === 1 ? head.uint64(at + 8, 'big') : shortBytes === 0 ? within.end - at : shortBytes;
    if (bytes < headerBytes) return;
    const end = Math.min(at + bytes, within.end);
    yield { type: head.text(at + 4, 4), at: at + headerBytes, end };
    at = end;
  }
}

function findIsoBox(head: HeadBytes, within: { at: number; end: number; type: string }): IsoBox | undefined {
  for (const box of isoBoxes(head, within)) if (box.type === within.type) return box;
  return undefined;
}
