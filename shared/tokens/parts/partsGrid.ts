/** Grids of equal parts that overlap: where the parts of an image lie. */

import type { ImageSize } from '../imageSize.ts';

/** Of a part's side: two lines of text, so that each line is whole in one of the parts. */
export const OVERLAP = 0.08;

/** Where lines are cut, a few letters must be in both parts, and no letter is much wider than the image is high. */
export const OVERLAP_ACROSS_HEIGHTS = 1.5;
const MOST_OVERLAP = 0.25;

/** A place in the image, in pixels. */
interface PartBox extends ImageSize {
  readonly left: number;
  readonly top: number;
}

export interface Grid {
  readonly columns: number;
  readonly rows: number;
}

/** All grids of 2 to `most` parts. */
export function gridsOf({ width, height }: ImageSize, most: number): readonly Grid[] {
  const grids: Grid[] = [];
  for (let columns = 1; columns <= Math.min(most, width); columns += 1) {
    for (let rows = 1; rows * columns <= most && rows <= height; rows += 1) {
      if (rows * columns > 1) grids.push({ columns, rows });
    }
  }
  return grids;
}

/** A side as equal pieces that overlap by a part of their length, or by `wantedPx` as far as that is reasonable. */
export function divideSide(
  totalPx: number,
  pieces: number,
  wantedPx: number,
): { readonly sidePx: number; readonly overlapPx: number } {
  if (pieces === 1) return { sidePx: totalPx, overlapPx: 0 };
  const shortest = totalPx / (pieces - (pieces - 1) * OVERLAP);
  const longest = totalPx / (pieces - (pieces - 1) * MOST_OVERLAP);
  const wanted = (totalPx + (pieces - 1) * wantedPx) / pieces;
  const sidePx = Math.min(totalPx, Math.ceil(Math.min(longest, Math.max(shortest, wanted))) + 1);
  return { sidePx, overlapPx: sidePx - Math.ceil((totalPx - sidePx) / (pieces - 1)) };
}

/** Where each part lies, row by row: from the top down, in a row from left to right. */
export function partBoxes(
  size: ImageSize,
  { columns, rows, part }: Grid & { readonly part: ImageSize },
): readonly PartBox[] {
  const tops = starts(size.height, part.height, rows);
  const lefts = starts(size.width, part.width, columns);
  return tops.flatMap((top) => lefts.map((left) => ({ left, top, ...part })));
}

function starts(totalPx: number, sidePx: number, pieces: number): readonly number[] {
  return Array.from({ length: pieces }, (_, place) =>
    pieces === 1 ? 0 : Math.floor((place * (totalPx - sidePx)) / (pieces - 1)),
  );
}
