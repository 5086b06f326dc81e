import sharp from 'sharp';

/**
 * A small picture that no other number below 65,536 has, of 40 x 30 pixels unless told. It is sent as it is, so that the
 * regions see its digest.
 */
export function numberedPng(
  number: number,
  size: { readonly width: number; readonly height: number } = SMALL,
): Promise<Buffer> {
  const background = { r: number % 256, g: Math.floor(number / 256) % 256, b: 100 };
  return sharp({ create: { ...size, channels: 3, background } })
    .png()
    .toBuffer();
}

const SMALL = { width: 40, height: 30 } as const;
