import type { HeadBytes } from './headBytes.ts';

/** A box of the ISO base media file format (ISO/IEC 14496-12, 4.2): its type, and where its content starts and ends. */
export interface IsoBox {
  readonly type: string;
  readonly at: number;
  readonly end: number;
}

/** The boxes between two places, in order. A box that is shorter than its own head ends the walk. */
export function* isoBoxes(head: HeadBytes, within: { at: number; end: number }): Generator<IsoBox> {
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

/** The first box of a type between two places. */
export function findIsoBox(head: HeadBytes, within: { at: number; end: number; type: string }): IsoBox | undefined {
  for (const box of isoBoxes(head, within)) if (box.type === within.type) return box;
  return undefined;
}
