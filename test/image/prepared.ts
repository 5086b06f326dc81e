import sharp from 'sharp';
import { readImageHeader } from '../../shared/image/heads/readImageHeader.ts';
import { bytesInHand } from '../../shared/image/lookAtImage.ts';
import type { PixelSize } from '../../shared/image/pixels/sendAsItIs.ts';
import { type PreparedImage, prepareImage } from '../../shared/image/prepareImage.ts';

export const LIMITS = { maxBytes: 104_857_600, maxPixels: 268_402_689 };

/** Prepares a file as an analysis does; without a target, at the size that it has. */
export async function prepare(file: Buffer, target?: PixelSize): Promise<PreparedImage> {
  const reading = readImageHeader(file, { totalBytes: file.length });
  if (reading.kind !== 'header') throw new Error('a whole file needs no more');
  return await prepareImage(bytesInHand(file), reading.header, target ?? reading.header, LIMITS);
}

export const codesOf = ({ warnings }: PreparedImage): readonly string[] => warnings.map(({ code }) => code);

/** The gray levels of a prepared picture, row after row. */
export async function levelsOf({ bytes }: PreparedImage): Promise<Buffer> {
  return await sharp(bytes).extractChannel(0).raw().toBuffer();
}
