/** The header of an image, known before any pixel is decoded. */

import { ImageRejected } from '../errors.ts';

/** The accepted formats. TIFF, AVIF and HEIC are converted, because the service accepts none of them. */
export type ImageFormat = 'png' | 'jpeg' | 'webp' | 'gif' | 'tiff' | 'avif' | 'heic';

/** Files of pages, each of which is an image of its own. */
export type DocumentFormat = 'pdf' | 'tiff';

/** EXIF 2.32, tag 0x0112: 1 is upright, 5 to 8 lie on their side. */
export type Orientation = 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8;

export interface ImageHeader {
  readonly format: ImageFormat;
  /** Pixels across as a person sees the image: after its orientation. */
  readonly width: number;
  readonly height: number;
  /** Pixels across as they are stored. */
  readonly rawWidth: number;
  readonly rawHeight: number;
  readonly orientation: Orientation;
  /** Place of the image among the directories of a TIFF, whose first may be a thumbnail; else 0. */
  readonly page: number;
  /** Pages of a TIFF; of everything else 1, also of an animation. */
  readonly pages: number;
  /** More than one frame. Of a GIF known for certain only when the whole file was read. */
  readonly animated: boolean;
  /** No pixel was lost in storing it: PNG, GIF, TIFF, and WEBP of that kind. */
  readonly isLossless: boolean;
  /**
   * Gray or RGB with at most 8 bits a channel, so that every decoder shows the same picture. False for CMYK, for 12 and
   * 16 bits, for a GIF whose first frame is not its whole screen, and for TIFF, AVIF and HEIC, which are converted
   * whatever is in them.
   */
  readonly isPlain: boolean;
  /** It has a channel or a colour for transparency; only its pixels show whether anything is transparent. */
  readonly mayHaveAlpha: boolean;
}

/**
 * `header`: the header, found within the first `headerBytes` bytes. `document`: a file of pages. `needMore`: read `bytes`
 * bytes from `at`, and try again.
 */
export type HeaderReading =
  | { readonly kind: 'document'; readonly format: DocumentFormat }
  | { readonly kind: 'header'; readonly header: ImageHeader; readonly headerBytes: number }
  | { readonly kind: 'needMore'; readonly at: number; readonly bytes: number };

/** What a format's own reader finds; the rest follows from it. */
export interface StoredImage {
  readonly format: ImageFormat;
  readonly rawWidth: number;
  readonly rawHeight: number;
  readonly orientation?: Orientation | undefined;
  readonly page?: number;
  readonly pages?: number;
  readonly animated?: boolean;
  readonly isLossless: boolean;
  readonly isPlain: boolean;
  readonly mayHaveAlpha?: boolean;
}

/** `brokenImage('PNG', 'it has no size')`: "The PNG file is broken: it has no size." */
export function brokenImage(formatName: string, reason: string, cause?: unknown): ImageRejected {
  return new ImageRejected('broken-image', `The ${formatName} file is broken: ${reason}.`, { cause });
}
