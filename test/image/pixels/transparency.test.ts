import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { drawGif } from '../drawnGif.ts';
import { codesOf, levelsOf, prepare } from '../prepared.ts';

type Ink = 'black' | 'white';

/** 64 x 48, clear, with bars of ink. */
function drawInk(ink: Ink): ReturnType<typeof sharp> {
  const pixels = Buffer.alloc(64 * 48 * 4);
  for (let at = 0; at < 64 * 48; at++) if (at % 8 < 4) pixels.fill(ink === 'white' ? 255 : 0, at * 4, at * 4 + 3);
  for (let at = 0; at < 64 * 48; at++) pixels[at * 4 + 3] = at % 8 < 4 ? 255 : 0;
  return sharp(pixels, { raw: { width: 64, height: 48, channels: 4 } });
}

const WAYS: Record<string, (ink: Ink) => Promise<Buffer>> = {
  PNG: (ink) => drawInk(ink).png().toBuffer(),
  'PNG with a palette': (ink) => drawInk(ink).png({ palette: true }).toBuffer(),
  'gray PNG': (ink) => drawInk(ink).toColourspace('b-w').png().toBuffer(),
  'PNG of 16 bits': (ink) => drawInk(ink).toColourspace('rgb16').png().toBuffer(),
  'lossless WEBP': (ink) => drawInk(ink).webp({ lossless: true }).toBuffer(),
  'lossy WEBP': (ink) => drawInk(ink).webp().toBuffer(),
  GIF: (ink) => drawInk(ink).gif().toBuffer(),
  TIFF: (ink) => drawInk(ink).tiff({ compression: 'lzw' }).toBuffer(),
  AVIF: (ink) => drawInk(ink).avif().toBuffer(),
};

describe('prepareImage, of what shines through', () => {
  it.each(Object.keys(WAYS))('shows black and white ink on the nothing of a %s', async (way) => {
    for (const ink of ['black', 'white'] as const) {
      const prepared = await prepare((await WAYS[way]?.(ink)) ?? Buffer.alloc(0));
      expect(codesOf(prepared)).toContain('alpha-flattened');
      expect((await sharp(prepared.bytes).metadata()).hasAlpha).toBe(false);
      const levels = await levelsOf(prepared);
      const [inked, bare] = [levels[64 * 24 + 2] ?? 0, levels[64 * 24 + 6] ?? 0];
      expect(Math.abs(inked - bare), `${ink}: ${inked} on ${bare}`).toBeGreaterThan(150);
    }
  });

  it('names the colour', async () => {
    const prepared = await prepare(await drawInk('white').png().toBuffer());
    expect(prepared.warnings).toEqual([
      {
        code: 'alpha-flattened',
        detail: 'The image is transparent; it was laid on dark grey (#202020), on which most of it can be seen.',
      },
    ]);
  });

  it('sends what has an alpha channel but is opaque as it is', async () => {
    const opaque = drawInk('black').flatten({ background: '#ffffff' }).ensureAlpha();
    for (const file of [
      await opaque.clone().png().toBuffer(),
      await opaque.clone().webp({ lossless: true }).toBuffer(),
    ]) {
      expect(await prepare(file)).toMatchObject({ bytes: file, changed: false, warnings: [] });
    }
    const gif = drawGif({ screen: [20, 10], frames: [{ size: [20, 10] }], clear: 3 });
    expect(await prepare(gif)).toMatchObject({ changed: false, warnings: [] });
  });

  it('says nothing of an opaque one that is reduced', async () => {
    const file = await drawInk('black').flatten({ background: '#ffffff' }).ensureAlpha().png().toBuffer();
    expect(await prepare(file, { width: 32, height: 24 })).toMatchObject({ changed: true, warnings: [] });
  });
});
