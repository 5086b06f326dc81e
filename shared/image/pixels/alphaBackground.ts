/** On which colour a transparent picture is laid, so that nothing that is on it vanishes. */

type Background = '#ffffff' | '#202020' | '#808080';

/** In the order in which they are preferred where two keep as much. */
const BACKGROUNDS: readonly { readonly colour: Background; readonly level: number }[] = [
  { colour: '#ffffff', level: 255 },
  { colour: '#202020', level: 32 },
  { colour: '#808080', level: 128 },
];

/** WCAG 2.2, 1.4.11: graphics need a contrast of 3 to be seen well; below half of that the eye finds no edge. */
const LEAST_CONTRAST = 1.5;
/** A colour is left only for one that keeps visibly more. */
const LEAST_GAIN = 0.01;
/** So many pixels decide; larger pictures are read in steps. */
const MOST_LOOKED_AT = 4_000_000;

export interface RgbaPicture {
  /** Red, green, blue, alpha; colours not multiplied by alpha. */
  readonly pixels: Uint8Array;
  readonly width: number;
  readonly height: number;
}

/** `alphaBackground` of black text on nothing is white; of white text dark; of both together grey. */
export function alphaBackground(picture: RgbaPicture): Background {
  const edges = weighByLevel(picture, edgeWeight);
  const weights = edges.some((weight) => weight > 0) ? edges : weighByLevel(picture, (alpha) => alpha);
  let best = { colour: BACKGROUNDS[0]?.colour ?? '#ffffff', lost: 1 + LEAST_GAIN };
  for (const { colour, level } of BACKGROUNDS) {
    const lost = shareLostOn(level, weights);
    if (lost < best.lost - LEAST_GAIN) best = { colour, lost };
  }
  return best.colour;
}

/** Whether anything shines through at all. */
export function isOpaque({ pixels }: Pick<RgbaPicture, 'pixels'>): boolean {
  for (let at = 3; at < pixels.length; at += 4) if (pixels[at] !== 255) return false;
  return true;
}

type Weigh = (alpha: number, leftAlpha: number, upperAlpha: number, rightAlpha: number, lowerAlpha: number) => number;

/** What borders on transparency is what the background can swallow: by how much more it covers than what is beside it. */
const edgeWeight: Weigh = (alpha, left, upper, right, lower) => alpha - Math.min(alpha, left, upper, right, lower);

/** The weights of all pixels, by their luminance from 0 to 255. */
function weighByLevel({ pixels, width, height }: RgbaPicture, weigh: Weigh): Float64Array {
  const weights = new Float64Array(256);
  const step = Math.max(1, Math.ceil(Math.sqrt((width * height) / MOST_LOOKED_AT)));
  const alphaAt = (x: number, y: number, alpha: number): number =>
    x < 0 || y < 0 || x >= width || y >= height ? alpha : (pixels[(y * width + x) * 4 + 3] ?? 0);
  for (let y = 0; y < height; y += step) {
    for (let x = 0; x < width; x += step) {
      const at = (y * width + x) * 4;
      const alpha = pixels[at + 3] ?? 0;
      if (alpha === 0) continue;
      const level = luma(pixels[at] ?? 0, pixels[at + 1] ?? 0, pixels[at + 2] ?? 0);
      const sides = [alphaAt(x - 1, y, alpha), alphaAt(x, y - 1, alpha)] as const;
      weights[level] =
        (weights[level] ?? 0) + weigh(alpha, ...sides, alphaAt(x + 1, y, alpha), alphaAt(x, y + 1, alpha));
    }
  }
  return weights;
}

/** ITU-R BT.709, on the values as they are stored. */
function luma(red: number, green: number, blue: number): number {
  return Math.round(0.2126 * red + 0.7152 * green + 0.0722 * blue);
}

function shareLostOn(background: number, weights: Float64Array): number {
  let all = 0;
  let lost = 0;
  for (const [level, weight] of weights.entries()) {
    all += weight;
    if (contrast(level, background) < LEAST_CONTRAST) lost += weight;
  }
  return all === 0 ? 0 : lost / all;
}

/** WCAG 2.2, contrast ratio of two grey levels. `contrast(0, 255)` is 21. */
function contrast(one: number, other: number): number {
  const [darker, lighter] = [relativeLuminance(Math.min(one, other)), relativeLuminance(Math.max(one, other))];
  return (lighter + 0.05) / (darker + 0.05);
}

function relativeLuminance(level: number): number {
  const share = level / 255;
  return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
}
