import type { Sharp } from 'sharp';
import { blend, brighten, type Colour, createCanvas } from './canvas.ts';
import { clouded, mix, step } from './noise.ts';

/** Dunes in the evening, as large as the pictures of a phone: 4,032 x 3,024 pixels, smooth, so that the file stays small. */

const WIDTH = 4_032;
const HEIGHT = 3_024;
const DUNES = 7;
const SKY: Colour = [74, 108, 160];
const AFTERGLOW: Colour = [246, 196, 148];
const SAND: Colour = [224, 158, 92];
const SHADE: Colour = [104, 62, 56];

export function drawDunes(): Sharp {
  const canvas = createCanvas(WIDTH, HEIGHT);
  const dunes = Array.from({ length: DUNES }, (_, dune) => profileOf(dune));
  for (let column = 0; column < WIDTH; column++) {
    for (let row = 0; row < HEIGHT; row++) {
      const x = column / WIDTH;
      const y = row / HEIGHT;
      const dune = dunes.findLastIndex(({ crests }) => y > (crests[column] ?? 0));
      const profile = dunes[dune];
      if (profile === undefined) {
        canvas.paint(column, row, skyAt(x, y));
        continue;
      }
      const below = y - (profile.crests[column] ?? 0);
      // The sun stands low on the right: light and shade run down a slope aslant.
      const rise = profile.rises[Math.min(WIDTH - 1, Math.round(column + 1.3 * below * WIDTH))] ?? 0;
      canvas.paint(column, row, sandAt({ dune, x, y, below, rise }));
    }
  }
  return canvas.toSharp();
}

/** Of each column: where the crest lies, and how steeply it rises. */
function profileOf(dune: number): { crests: readonly number[]; rises: readonly number[] } {
  const columns = Array.from({ length: WIDTH }, (_, column) => column / WIDTH);
  return {
    crests: columns.map((x) => crestAt(dune, x)),
    rises: columns.map((x) => (crestAt(dune, x + 0.004) - crestAt(dune, x)) / 0.004),
  };
}

function crestAt(dune: number, x: number): number {
  const near = dune / (DUNES - 1);
  const wave = clouded(x * mix(5, 1.6, near) + dune * 7.3, 0, { seed: 400 + dune, octaves: 2 });
  return mix(0.44, 0.86, near ** 1.2) - mix(0.06, 0.34, near) * (wave - 0.5);
}

function skyAt(x: number, y: number): Colour {
  const glow = blend(SKY, AFTERGLOW, step(0.02, 0.48, y));
  const veil = clouded(x * 2.2 + y, y * 9, { seed: 500, octaves: 4 });
  return blend(glow, [250, 222, 200], step(0.5, 0.8, veil) * 0.4);
}

function sandAt(at: { dune: number; x: number; y: number; below: number; rise: number }): Colour {
  const near = at.dune / (DUNES - 1);
  const lit = step(
    -0.5,
    0.5,
    at.rise + 0.35 * (clouded(at.x * 2 + at.dune, at.below * 4, { seed: 600, octaves: 2 }) - 0.5),
  );
  const ripples = Math.sin(
    (at.below * 260 + at.x * 40 + 6 * clouded(at.x * 5, at.y * 5, { seed: 610, octaves: 2 })) * mix(2.2, 0.8, near),
  );
  const sand = blend(SHADE, SAND, lit * (0.75 + 0.25 * Math.exp(-at.below * 14)));
  return blend(brighten(sand, 1 + 0.035 * near * ripples), AFTERGLOW, 0.55 * (1 - near) ** 1.6);
}
