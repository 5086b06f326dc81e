import type sharp from 'sharp';
import type { Sharp, SharpOptions } from 'sharp';
import { onceDone } from '../../concurrency/once.ts';
import type { ImageHeader } from '../imageHeader.ts';

/** How much damage a decoder forgives: `none` at all; `minor`, which leaves every pixel in place; or `any`. */
export type Forgiveness = 'none' | 'minor' | 'any';

const FAIL_ON = { none: 'warning', minor: 'error', any: 'none' } as const;

/** The time limit: longer than any image of the largest size took. Only a malicious file takes longer. */
const DECODE_SECONDS = 60;

/** Bands of a satellite image; a TIFF of more is refused by its header. */
const MOST_BANDS = 64;

export interface Opening {
  readonly header: Pick<ImageHeader, 'page'>;
  readonly maxPixels: number;
  readonly forgives: Forgiveness;
}

/** One pass of the decoder over a file: its first frame, or the page that the header named. */
export function openPicture(
  load: typeof sharp,
  bytes: Buffer,
  { header, maxPixels, forgives }: Opening,
  options: SharpOptions = {},
): Sharp {
  return load(bytes, {
    limitInputPixels: maxPixels,
    limitInputChannels: MOST_BANDS,
    sequentialRead: true,
    failOn: FAIL_ON[forgives],
    page: header.page,
    pages: 1,
    ...options,
  }).timeout({ seconds: DECODE_SECONDS });
}

/** Loaded when the first image is decoded: a cold start does not pay for it. */
export const loadSharp = onceDone(async (): Promise<typeof sharp> => {
  const { default: load } = await import('sharp');
  // No image comes twice, and one thread an image: images run side by side already, and every thread holds buffers.
  load.cache(false);
  load.concurrency(1);
  return load;
});
