import { formatCount } from '../errors.ts';
/** Whether what stands on an image can still be read at the size that a model looks at. */

import type { GivenSize, ImageSize } from './imageSize.ts';

/**
 * What a task needs to see. `print`: every letter. `detail`: what a person would read of it. `overview`: the scene.
 */
export type Sight = 'print' | 'detail' | 'overview';

/** Type size under which OCR reads more than one letter in forty wrong; docs/quality.md has the table. */
const READABLE_TYPE_PX = 9;

/** Small print (footnotes, table cells, conditions) is 6 points on a sheet that is 595 points wide. */
const SMALL_PRINT_PART = 6 / 595;

/** Text of long pages on a screen is 16 pixels high by default, that of windows and of coarse scans 13. */
const LONG_PAGE_REDUCTION = 1.7;
const LEAST_REDUCTION = 1.45;

/** Where even print of 36 pixels is lost, no usual resolution of a scan explains the size of the image. */
const MOST_REDUCTION = 4;

/** No camera's photo and no usual sheet of paper is this many times as long as it is wide. */
const ELONGATED = 2.5;

/** Shorter than this, an elongated image shows a scene no more. */
const SCENE_SHORT_SIDE_PX = 256;

/**
 * How many times smaller than it is an image may be seen before its small print is likely lost: by the height of its
 * smallest print where that is known, else by its size alone. The print is then taken as a part of the short side; no letter
 * is higher than the image.
 *
 * 2480 x 3508 (A4 at 300 dpi) may be reduced 2.78 times, 1080 x 12000 1.7 times, 20000 x 10 1.11 times.
 */
export function mostReduction(size: GivenSize): number {
  if (size.smallestPrintPx !== undefined) return Math.max(1, size.smallestPrintPx / READABLE_TYPE_PX);
  const shortPx = Math.min(size.width, size.height);
  const byPrint = (shortPx * SMALL_PRINT_PART) / READABLE_TYPE_PX;
  const byHeight = Math.max(1, shortPx / READABLE_TYPE_PX);
  const least = isElongated(size) ? LONG_PAGE_REDUCTION : LEAST_REDUCTION;
  return Math.min(byHeight, MOST_REDUCTION, Math.max(least, byPrint));
}

function isElongated({ width, height }: ImageSize): boolean {
  return Math.max(width, height) >= ELONGATED * Math.min(width, height);
}

/** How many times smaller than it is the model sees the image: 3.23 for 2480 x 3508 seen at 768 x 1086; at least 1. */
export function reductionOf(given: ImageSize, seen: ImageSize): number {
  return Math.max(1, Math.max(given.width, given.height) / Math.max(seen.width, seen.height));
}

/**
 * Whether a task is likely to lose what it needs, by the size of the image alone. A task that reads print loses it
 * with any reduction beyond `mostReduction`. Of a photo the others need no print, so that they lose something only
 * where the shape of the image is one that no photo has.
 */
export function isIllegible(given: GivenSize, seen: ImageSize, sight: Sight): boolean {
  const reduction = reductionOf(given, seen);
  const most = mostReduction(given);
  if (sight === 'print') return reduction > most;
  if (!isElongated(given)) return false;
  if (sight === 'detail') return reduction > most;
  return reduction > 2 * most && Math.min(seen.width, seen.height) < SCENE_SHORT_SIDE_PX;
}

/** The size at which the small print of an image would be legible: 892 x 1262 for 2480 x 3508. */
export function legibleSize(given: GivenSize): ImageSize {
  const most = mostReduction(given);
  return {
    width: Math.max(1, Math.ceil(given.width / most)),
    height: Math.max(1, Math.ceil(given.height / most)),
  };
}

/** What the reduction does to print, as the beginning of a warning. */
export function reductionSentence(given: GivenSize, seen: ImageSize): string {
  const reduction = reductionOf(given, seen);
  if (given.smallestPrintPx !== undefined) {
    const printPx = Math.max(1, Math.floor(given.smallestPrintPx / reduction));
    return (
      `The model sees the page at ${sizeText(seen)} pixels, where its smallest print is ${printPx} pixels high: less than ` +
      `${READABLE_TYPE_PX} may be read wrong or not at all.`
    );
  }
  const lostPx = Math.ceil(READABLE_TYPE_PX * reduction);
  return (
    `The model sees the image at ${sizeText(seen)} pixels, ${reduction.toFixed(1)} times smaller than it is: letters of ` +
    `less than ${lostPx} pixels have less than ${READABLE_TYPE_PX} there and may be read wrong or not at all.`
  );
}

/** `635 x 7,059` */
export function sizeText({ width, height }: ImageSize): string {
  return `${formatCount(width)} x ${formatCount(height)}`;
}
