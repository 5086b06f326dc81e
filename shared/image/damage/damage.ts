import type { ImageHeader } from '../imageHeader.ts';
import type { Opening } from '../pixels/loadSharp.ts';

/** What is left of an image that a strict decoder refuses. A tolerant decoder accepts `bytes`. */
export type Damage =
  /** All pixels are in place: a wrong checksum, odd parameters, stray bytes. */
  | { readonly kind: 'minor'; readonly bytes: Buffer }
  /** The end is missing; `share` of the rows, from the first on, are there. */
  | { readonly kind: 'cut'; readonly bytes: Buffer; readonly share: number }
  /** All rows are there, less finely: later passes of a progressive JPEG are missing. */
  | { readonly kind: 'coarse'; readonly bytes: Buffer }
  | { readonly kind: 'lost' };

export interface DamagedImage extends Omit<Opening, 'forgives' | 'header'> {
  readonly header: ImageHeader;
}
