import fc from 'fast-check';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { isAnimatedGif } from '../../../local/regions/gifFrames.ts';
import { plainPng } from './cloud.ts';

async function gifOf(colours: readonly string[]): Promise<Buffer> {
  const pages = await Promise.all(colours.map((colour) => plainPng(20, 10, colour)));
  const [only] = pages;
  return (pages.length === 1 ? sharp(only) : sharp(pages, { join: { animated: true } })).gif().toBuffer();
}

describe('isAnimatedGif', () => {
  it.each([
    [1, false],
    [2, true],
    [5, true],
  ])('tells a GIF of %i frames', async (frames, expected) => {
    const colours = Array.from({ length: frames }, (_, index) => `#${index}${index}ff00`);
    expect(isAnimatedGif(await gifOf(colours))).toBe(expected);
  });

  it('is false for other formats, and for a GIF that ends within its first frame', async () => {
    expect(isAnimatedGif(await plainPng())).toBe(false);
    expect(isAnimatedGif((await gifOf(['#ff0000', '#0000ff'])).subarray(0, 60))).toBe(false);
  });

  it('never throws and always ends, whatever the bytes', () => {
    const gif = Buffer.from('GIF89a');
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 300 }),
        (rest) => typeof isAnimatedGif(Buffer.concat([gif, rest])) === 'boolean',
      ),
    );
  });
});
