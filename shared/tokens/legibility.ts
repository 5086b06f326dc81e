/** Whether text survives at the size that a model looks at. */

import type { ImageSize } from './imageSize.ts';

/** Type size under which OCR reads more than one letter in forty wrong; docs/quality.md has the table. */
export const READABLE_TYPE_PX = 9;

/** Footnotes, table cells and conditions of sale are printed so small. */
const SMALL_PRINT_POINTS = 6;

const POINTS_PER_INCH = 72;
const A4_LONG_SIDE_INCHES = 11.69;

/** Longest side in pixels at which the small print of an A4 page can still be read: 1,263, which is 108 dpi. */
export const READABLE_PAGE_PX = Math.ceil(
  (READABLE_TYPE_PX / SMALL_PRINT_POINTS) * POINTS_PER_INCH * A4_LONG_SIDE_INCHES,
);

/**
 * A sentence where small print that an A4 page has as given is lost at the size that the model sees; undefined where the
 * model sees enough, and where the image itself never had the pixels.
 *
 * 2480 x 3508 (A4 at 300 dpi) seen at 768 x 1086 is 93 dpi: print below 7 points is lost.
 */
export function unreadableText(given: ImageSize, seen: ImageSize): string | undefined {
  const seenPx = Math.max(seen.width, seen.height);
  if (seenPx >= READABLE_PAGE_PX || Math.max(given.width, given.height) < READABLE_PAGE_PX) return undefined;
  const dpi = Math.round(seenPx / A4_LONG_SIDE_INCHES);
  const points = Math.ceil((READABLE_TYPE_PX * POINTS_PER_INCH) / dpi);
  return (
    `The model sees the image at ${seen.width} x ${seen.height} pixels. Of an A4 page that is ${dpi} dpi: print of less ` +
    `than ${points} points has letters of less than ${READABLE_TYPE_PX} pixels and may be read wrong. A page cut into ` +
    'parts, or a model that sees more pixels, keeps it.'
  );
}
