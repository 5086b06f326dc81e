import { type HeadBytes, PastHead } from './headBytes.ts';
import type { StoredImage } from './imageHeader.ts';

const EXTENSION = 0x21;
const IMAGE = 0x2c;

/** GIF89a (CompuServe, 1990-07-31): the logical screen. Frames are counted as far as the given bytes reach. */
export function readGifHeader(head: HeadBytes): StoredImage {
  return {
    format: 'gif',
    rawWidth: head.uint16(6, 'little'),
    rawHeight: head.uint16(8, 'little'),
    animated: hasSecondFrame(head),
    isLossless: true,
    isPlain: true,
  };
}

/** Where the bytes end before the file does, what says that it loops stands for a second frame: encoders write it for one too. */
function hasSecondFrame(head: HeadBytes): boolean {
  let frames = 0;
  let isLoop = false;
  try {
    for (const block of gifBlocks(head)) {
      if (block === 'image') frames++;
      if (block === 'loop') isLoop = true;
      if (frames === 2) return true;
    }
    return false;
  } catch (error) {
    if (error instanceof PastHead) return isLoop;
    throw error;
  }
}

/** The blocks of a GIF up to its trailer; `loop` is the extension that animations carry. */
export function* gifBlocks(head: HeadBytes): Generator<'image' | 'loop' | 'extension' | 'end'> {
  let at = 13 + colourTableBytes(head.uint8(10));
  for (;;) {
    const kind = head.uint8(at);
    if (kind === EXTENSION) {
      const isLoop = head.uint8(at + 1) === 0xff && head.text(at + 3, 11) === 'NETSCAPE2.0';
      at = behindSubBlocks(head, at + 2);
      yield isLoop ? 'loop' : 'extension';
    } else if (kind === IMAGE) {
      at = behindSubBlocks(head, at + 11 + colourTableBytes(head.uint8(at + 9)));
      yield 'image';
    } else {
      yield 'end';
      return;
    }
  }
}

function colourTableBytes(packed: number): number {
  return (packed & 0x80) === 0 ? 0 : 3 * 2 ** ((packed & 0x07) + 1);
}

function behindSubBlocks(head: HeadBytes, from: number): number {
  let at = from;
  for (let bytes = head.uint8(at); bytes > 0; bytes = head.uint8(at)) at += 1 + bytes;
  return at + 1;
}
