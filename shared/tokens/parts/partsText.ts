/** What is said of an image in parts. */

import type { ImageSize } from '../imageSize.ts';
import { sizeText } from '../legibility.ts';
import type { PartsPlan } from './partsPlan.ts';

/** What a record and an estimate say of the parts; `width` and `height` of each, in pixels of the image. */
export interface PartsFacts extends ImageSize {
  readonly count: number;
  readonly columns: number;
  readonly rows: number;
  /** The least by which neighbours overlap, to the side and down; 0 along a side that is not cut. */
  readonly overlapPx: readonly [across: number, down: number];
}

export function partsFacts({ count, columns, rows, part, overlap }: PartsPlan): PartsFacts {
  return { count, columns, rows, ...part, overlapPx: [overlap.acrossPx, overlap.downPx] };
}

/** `5 parts of 1,080 x 2,564 pixels, 5 down, overlapping by 205 pixels, each sent at 768 x 1,823`. */
export function partsText(plan: PartsPlan): string {
  const { columns, rows, count, part, overlap, sent } = plan;
  const grid = [rows > 1 ? `${rows} down` : '', columns > 1 ? `${columns} across` : ''].filter((text) => text !== '');
  const overlapPx = [overlap.downPx, overlap.acrossPx].filter((px) => px > 0).join(' and ');
  return (
    `${count} parts of ${sizeText(part)} pixels (${grid.join(', ')}), overlapping by ${overlapPx} pixels, each sent at ` +
    sizeText(sent)
  );
}
