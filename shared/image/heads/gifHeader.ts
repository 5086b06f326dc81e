import { brokenImage, type StoredImage } from '../imageHeader.ts';
import { type HeadBytes, PastHead } from './headBytes.ts';

const EXTENSION = 0x21;
const IMAGE = 0x2c;

const GRAPHIC_CONTROL = 0xf9;

/**
 * GIF89a (CompuServe, 1990-07-31). The size is that which decoders give the picture, who know that programs write the size
 * of a monitor, or none, in the place of the screen's: the first frame decides. Frames are counted as far as the given bytes
 * reach.
 */
export function readGifHeader(head: HeadBytes): StoredImage {
  const screen = { width: head.uint16(6, 'little'), height: head.uint16(8, 'little') };
  const { frame, isClear } = firstFrame(head);
  const size = shownSize(screen, frame);
  const isWholeScreen =
    frame.left === 0 && frame.top === 0 && frame.width === screen.width && frame.height === screen.height;
  return {
    format: 'gif',
    rawWidth: size.width,
    rawHeight: size.height,
    animated: hasSecondFrame(head),
    isLossless: true,
    isPlain: isWholeScreen,
    mayHaveAlpha: isClear,
  };
}

interface Frame {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** Sizes that libnsgif, the decoder in use, takes for those of a monitor, and a screen of more than 2,048 pixels. */
const MONITORS = ['640x480', '640x512', '800x600', '1024x768', '1280x1024', '1600x1200'];
const LARGEST_SCREEN = 2_048;

function shownSize(screen: { width: number; height: number }, frame: Frame): { width: number; height: number } {
  const { width, height } = screen;
  const isMonitor = MONITORS.includes(`${width}x${height}`);
  const isUnsound = width === 0 || height === 0 || width > LARGEST_SCREEN || height > LARGEST_SCREEN;
  const least = isMonitor || isUnsound ? { width: 1, height: 1 } : screen;
  return {
    width: Math.max(least.width, frame.left + frame.width),
    height: Math.max(least.height, frame.top + frame.height),
  };
}

function firstFrame(head: HeadBytes): { frame: Frame; isClear: boolean } {
  let isClear = false;
  for (const block of gifBlocks(head)) {
    if (block.kind === 'control') isClear = (head.uint8(block.at + 3) & 1) === 1;
    if (block.kind === 'image') {
      const [left, top, width, height] = [1, 3, 5, 7].map((place) => head.uint16(block.at + place, 'little'));
      return { frame: { left: left ?? 0, top: top ?? 0, width: width ?? 0, height: height ?? 0 }, isClear };
    }
  }
  throw brokenImage('GIF', 'it holds no picture');
}

/** Where the bytes end before the file does, what says that it loops stands for a second frame: encoders write it for one too. */
function hasSecondFrame(head: HeadBytes): boolean {
  let frames = 0;
  let isLoop = false;
  try {
    for (const { kind } of gifBlocks(head)) {
      if (kind === 'image') frames++;
      if (kind === 'loop') isLoop = true;
      if (frames === 2) return true;
    }
    return false;
  } catch (error) {
    if (error instanceof PastHead) return isLoop;
    throw error;
  }
}

interface GifBlock {
  /** `loop` is the extension that animations carry, `control` the one that makes a colour transparent. */
  readonly kind: 'image' | 'loop' | 'control' | 'extension' | 'end';
  readonly at: number;
}

/** The blocks of a GIF up to its trailer; an image is given before its pixels are stepped over. */
export function* gifBlocks(head: HeadBytes): Generator<GifBlock> {
  let at = 13 + colourTableBytes(head.uint8(10));
  for (;;) {
    const mark = head.uint8(at);
    if (mark === EXTENSION) {
      yield { kind: extensionKind(head, at), at };
      at = behindSubBlocks(head, at + 2);
    } else if (mark === IMAGE) {
      const pixelsAt = at + 11 + colourTableBytes(head.uint8(at + 9));
      yield { kind: 'image', at };
      at = behindSubBlocks(head, pixelsAt);
    } else {
      yield { kind: 'end', at };
      return;
    }
  }
}

function extensionKind(head: HeadBytes, at: number): GifBlock['kind'] {
  const label = head.uint8(at + 1);
  if (label === GRAPHIC_CONTROL) return 'control';
  return label === 0xff && head.text(at + 3, 11) === 'NETSCAPE2.0' ? 'loop' : 'extension';
}

function colourTableBytes(packed: number): number {
  return (packed & 0x80) === 0 ? 0 : 3 * 2 ** ((packed & 0x07) + 1);
}

function behindSubBlocks(head: HeadBytes, from: number): number {
  let at = from;
  for (let bytes = head.uint8(at); bytes > 0; bytes = head.uint8(at)) at += 1 + bytes;
  return at + 1;
}
