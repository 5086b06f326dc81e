import type sharp from 'sharp';
import type { OutputInfo, Sharp } from 'sharp';
import type { ImageHeader } from '../imageHeader.ts';
import type { ImageWarning } from '../imageWarning.ts';
import { alphaBackground, isOpaque } from './alphaBackground.ts';

/** A picture with transparency, and the background on which its contents stay visible. */
interface SeenThrough {
  /** Decoded. */
  readonly picture: Sharp;
  /** What it is laid on; undefined: all of it is opaque. */
  readonly background: string | undefined;
  readonly warnings: readonly ImageWarning[];
}

/** Without its transparency. */
export function laidOn(picture: Sharp, { background }: SeenThrough): Sharp {
  return background === undefined ? picture.removeAlpha() : picture.flatten({ background });
}

/** Decides the colour from the pixels of a picture, which is decoded for it. */
export async function seeThrough(load: typeof sharp, reduced: Sharp, header: ImageHeader): Promise<SeenThrough> {
  const { data, info } = await decodeRaw(reduced);
  const { width, height, channels } = info;
  const picture = load(data, { raw: { width, height, channels }, limitInputPixels: false });
  const pixels = { pixels: data, width, height };
  if (channels !== 4 || isOpaque(pixels)) return { picture, background: undefined, warnings: [] };
  // What is clear in a GIF without a clear colour are the rows that are missing.
  if (header.format === 'gif' && !header.mayHaveAlpha) return { picture, background: '#ffffff', warnings: [] };
  const background = alphaBackground(pixels);
  const detail = `The image is transparent; it was laid on ${NAMES[background]} (${background}), on which most of it can be seen.`;
  return { picture, background, warnings: [{ code: 'alpha-flattened', detail }] };
}

const NAMES = { '#ffffff': 'white', '#202020': 'dark grey', '#808080': 'grey' } as const;

export function decodeRaw(picture: Sharp): Promise<{ data: Buffer; info: OutputInfo }> {
  return picture.raw().toBuffer({ resolveWithObject: true });
}
