import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { readImageHeader } from '../../../shared/image/heads/readImageHeader.ts';
import { bytesInHand } from '../../../shared/image/lookAtImage.ts';
import { type PixelBox, toDataUrl } from '../../../shared/image/pixels/cutIntoParts.ts';
import { type PreparedImage, prepareImage } from '../../../shared/image/prepareImage.ts';

const LIMITS = { maxBytes: 104_857_600, maxPixels: 268_402_689 };
const COLOURS = ['#ff0000', '#00ff00', '#0000ff', '#ffff00'];

/** Four bands of 40 x 30 pixels, red, green, blue and yellow from the top down; `orientation` as EXIF says it. */
async function drawBands(format: 'png' | 'jpeg' | 'webp' | 'tiff' | 'avif', orientation = 1): Promise<Buffer> {
  const bands = COLOURS.map((fill, row) => `<rect y="${row * 30}" width="40" height="30" fill="${fill}"/>`);
  const drawing = `<svg xmlns="http://www.w3.org/2000/svg" width="40" height="120">${bands.join('')}</svg>`;
  const upright = sharp(Buffer.from(drawing)).removeAlpha();
  if (orientation === 1) return await upright.toFormat(format, { quality: 100 }).toBuffer();
  const turned = await upright.rotate(-90).png().toBuffer();
  return await sharp(turned).withMetadata({ orientation }).toFormat(format, { quality: 100 }).toBuffer();
}

async function cut(file: Buffer, boxes: readonly PixelBox[], sent = { width: 20, height: 20 }): Promise<PreparedImage> {
  const reading = readImageHeader(file, { totalBytes: file.length });
  if (reading.kind !== 'header') throw new Error('a whole file needs no more');
  return await prepareImage(bytesInHand(file), reading.header, { ...sent, boxes }, LIMITS);
}

/** The colour in the middle, each channel as dark or bright. */
async function colourOf(bytes: Buffer): Promise<string> {
  const { data, info } = await sharp(bytes).removeAlpha().raw().toBuffer({ resolveWithObject: true });
  const at = (Math.floor(info.height / 2) * info.width + Math.floor(info.width / 2)) * 3;
  return `#${[...data.subarray(at, at + 3)].map((value) => (value > 127 ? 'ff' : '00')).join('')}`;
}

const BOXES = COLOURS.map((_, row) => ({ left: 0, top: row * 25, width: 40, height: 40 }));

describe('cutIntoParts', () => {
  it.each(['png', 'jpeg', 'webp', 'tiff', 'avif'] as const)(
    'gives the parts of a %s in their order, each at the size to send',
    async (format) => {
      const prepared = await cut(
        await drawBands(format),
        COLOURS.map((_, row) => ({ left: 0, top: row * 30, width: 40, height: 30 })),
        { width: 20, height: 15 },
      );
      const parts = [prepared, ...(prepared.furtherParts ?? [])];
      expect(await Promise.all(parts.map(({ bytes }) => colourOf(bytes)))).toEqual(COLOURS);
      const sizes = await Promise.all(parts.map(async ({ bytes }) => await sharp(bytes).metadata()));
      expect(sizes.map(({ width, height }) => [width, height])).toEqual(COLOURS.map(() => [20, 15]));
      expect(prepared).toMatchObject({ width: 20, height: 15, changed: true });
    },
  );

  it('turns an image upright before it is cut', async () => {
    const file = await drawBands('jpeg', 6);
    expect(await sharp(file).metadata()).toMatchObject({ width: 120, height: 40, orientation: 6 });
    const prepared = await cut(
      file,
      COLOURS.map((_, row) => ({ left: 0, top: row * 30, width: 40, height: 30 })),
      { width: 20, height: 15 },
    );
    const parts = [prepared, ...(prepared.furtherParts ?? [])];
    expect(await Promise.all(parts.map(({ bytes }) => colourOf(bytes)))).toEqual(COLOURS);
  });

  it('never sends an image in parts as the bytes that came', async () => {
    const file = await drawBands('png');
    const { bytes, changed } = await cut(file, BOXES.slice(0, 2), { width: 40, height: 40 });
    expect(changed).toBe(true);
    expect(bytes.equals(file)).toBe(false);
  });
});

describe('toDataUrl', () => {
  it('holds the bytes in base64', () => {
    expect(toDataUrl(Buffer.from('hi'), 'image/png')).toBe('data:image/png;base64,aGk=');
  });
});
