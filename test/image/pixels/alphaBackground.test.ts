import { describe, expect, it } from 'vitest';
import { alphaBackground, isOpaque, type RgbaPicture } from '../../../shared/image/pixels/alphaBackground.ts';

type Rgba = readonly [number, number, number, number];
const CLEAR: Rgba = [0, 0, 0, 0];

/** 40 x 20, clear but for bars of 2 x 16; each has the colour that stands in its turn. */
function bars(...colours: readonly Rgba[]): RgbaPicture {
  return picture((x, y) =>
    y >= 2 && y < 18 && x % 4 < 2 ? (colours[Math.floor(x / 4) % colours.length] ?? CLEAR) : CLEAR,
  );
}

function picture(colourAt: (x: number, y: number) => Rgba): RgbaPicture {
  const [width, height] = [40, 20];
  const pixels = new Uint8Array(width * height * 4);
  for (let at = 0; at < width * height; at++) pixels.set(colourAt(at % width, Math.floor(at / width)), at * 4);
  return { pixels, width, height };
}

describe('alphaBackground', () => {
  it.each<[string, RgbaPicture, string]>([
    ['black text', bars([0, 0, 0, 255]), '#ffffff'],
    ['black text that is half clear', bars([0, 0, 0, 120]), '#ffffff'],
    ['blue text', bars([0, 0, 200, 255]), '#ffffff'],
    ['white text', bars([255, 255, 255, 255]), '#202020'],
    ['yellow text', bars([255, 255, 0, 255]), '#202020'],
    ['white text that is nearly clear', bars([255, 255, 255, 30]), '#202020'],
    ['black and white text', bars([0, 0, 0, 255], [255, 255, 255, 255]), '#808080'],
    [
      'black text with one white line in ten',
      bars(...Array<Rgba>(9).fill([0, 0, 0, 255]), [255, 255, 255, 255]),
      '#808080',
    ],
    ['nothing at all', bars(CLEAR), '#ffffff'],
    [
      'a dark photograph with a white caption below it',
      picture((x, y) => (y < 10 ? [30, 30, 30, 255] : y > 12 && x % 4 < 2 ? [255, 255, 255, 255] : CLEAR)),
      '#808080',
    ],
    [
      'a white page with black text and clear corners',
      picture((x, y) => (x < 2 && y < 2 ? CLEAR : x % 4 === 2 ? [0, 0, 0, 255] : [255, 255, 255, 255])),
      '#808080',
    ],
  ])('lays %s on a colour on which it can be seen', (_name, given, expected) => {
    expect(alphaBackground(given)).toBe(expected);
  });
});

describe('isOpaque', () => {
  it('finds one pixel that shines through a little', () => {
    const given = picture(() => [9, 9, 9, 255]);
    expect(isOpaque(given)).toBe(true);
    given.pixels[7] = 254;
    expect(isOpaque(given)).toBe(false);
  });
});
