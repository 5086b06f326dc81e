import { createHeadBytes, PastHead } from '../heads/headBytes.ts';
import { jpegSegments } from '../heads/jpegHeader.ts';

const PROGRESSIVE_FRAMES = [0xc2, 0xca];
const START_OF_SCAN = 'ffda';
const LAST_COEFFICIENT = 63;

/**
 * Whether a JPEG comes in passes, and whether one that holds all of a block's brightness is there to its end: without it a
 * picture is a mosaic of squares, and no text can be read (ITU-T T.81, G.1.1).
 */
export function jpegPasses(bytes: Buffer): 'sequential' | 'coarse' | 'detailed' {
  const head = createHeadBytes(bytes);
  let firstComponent: number | undefined;
  let scanAt = -1;
  for (const { marker, at } of jpegSegments(head)) {
    if (PROGRESSIVE_FRAMES.includes(marker)) firstComponent = head.uint8(at + 6);
    scanAt = at - 4;
  }
  if (firstComponent === undefined) return 'sequential';
  try {
    while (scanAt !== -1) {
      const components = head.uint8(scanAt + 4);
      const lastCoefficient = head.uint8(scanAt + 6 + components * 2);
      const isOfBrightness = head.uint8(scanAt + 5) === firstComponent;
      scanAt = bytes.indexOf(START_OF_SCAN, scanAt + 2, 'hex');
      if (scanAt !== -1 && isOfBrightness && lastCoefficient === LAST_COEFFICIENT) return 'detailed';
    }
    return 'coarse';
  } catch (error) {
    if (error instanceof PastHead) return 'coarse';
    throw error;
  }
}
