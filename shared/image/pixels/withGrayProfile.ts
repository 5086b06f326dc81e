import type sharp from 'sharp';
import type { Metadata, Sharp } from 'sharp';
import type { ProfileKind } from './iccProfile.ts';
import { type Opening, openPicture } from './loadSharp.ts';

/**
 * A gray picture of 16 bits in 8, upright, with the colour profile that it came with: the decoder applies one to gray
 * of 8 bits and to colours of any depth, and passes over that of 16-bit gray.
 *
 * @returns a function that opens it again for each pass; undefined for every other picture
 */
export async function withGrayProfile(
  load: typeof sharp,
  bytes: Buffer,
  source: {
    readonly opening: Opening;
    readonly stored: Metadata;
    readonly profile: ProfileKind | undefined;
  },
): Promise<(() => Sharp) | undefined> {
  const { opening, stored, profile } = source;
  if (stored.space !== 'grey16' || profile?.kind !== 'other') return undefined;
  const pass = openPicture(load, bytes, opening, { ignoreIcc: true })
    .autoOrient()
    .toColourspace('b-w')
    .keepIccProfile();
  const file = await pass.png({ compressionLevel: 1 }).toBuffer();
  return () => load(file, { limitInputPixels: opening.maxPixels });
}
