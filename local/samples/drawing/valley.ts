import type { Sharp } from 'sharp';
import { blend, brighten, type Canvas, type Colour, createCanvas } from './canvas.ts';
import { clouded, mix, scatter, step } from './noise.ts';

/** A mountain valley on a summer morning: sky with clouds, hazy ridges, a meadow and firs. */

const WIDTH = 1_536;
const HEIGHT = 1_024;
const HORIZON = 0.56;
const ZENITH: Colour = [62, 116, 186];
const HAZE: Colour = [206, 219, 230];
const CLOUD: Colour = [252, 250, 246];

interface Ridge {
  readonly base: number;
  readonly swing: number;
  readonly scale: number;
  readonly colour: Colour;
  readonly haze: number;
  readonly seed: number;
}

const RIDGES: readonly Ridge[] = [
  { base: 0.45, swing: 0.34, scale: 2.3, colour: [96, 110, 134], haze: 0.62, seed: 11 },
  { base: 0.51, swing: 0.24, scale: 3.1, colour: [70, 92, 104], haze: 0.42, seed: 29 },
  { base: 0.59, swing: 0.18, scale: 3.7, colour: [52, 82, 66], haze: 0.24, seed: 47 },
  { base: 0.68, swing: 0.12, scale: 2.9, colour: [48, 82, 42], haze: 0.08, seed: 71 },
];

export function drawValley(): Sharp {
  const canvas = createCanvas(WIDTH, HEIGHT);
  for (let x = 0; x < WIDTH; x++) {
    const crests = RIDGES.map((ridge) => crestOf(ridge, x / WIDTH));
    for (let y = 0; y < HEIGHT; y++) canvas.paint(x, y, withGrain(colourAt(x / WIDTH, y / HEIGHT, crests), x, y));
  }
  plantFirs(canvas);
  return canvas.toSharp();
}

function colourAt(x: number, y: number, crests: readonly number[]): Colour {
  const meadowFrom = 0.8 + 0.05 * (clouded(x * 3, 5, { seed: 90, octaves: 3 }) - 0.5) + 0.06 * (x - 0.5) ** 2;
  if (y > meadowFrom) return meadowAt(x, y, (y - meadowFrom) / (1 - meadowFrom));
  for (let nearest = RIDGES.length - 1; nearest >= 0; nearest--) {
    const ridge = RIDGES[nearest];
    const crest = crests[nearest];
    if (ridge !== undefined && crest !== undefined && y > crest) return slopeAt(ridge, { x, y, below: y - crest });
  }
  return skyAt(x, y);
}

function crestOf({ base, swing, scale, seed }: Ridge, x: number): number {
  const hill = clouded(x * scale, 0, { seed, octaves: 8 });
  return base - swing * (hill - 0.42);
}

function skyAt(x: number, y: number): Colour {
  const clear = blend(ZENITH, HAZE, step(0, HORIZON, y) ** 1.3);
  // Towards the horizon clouds are seen from the side: flatter and closer together.
  const depth = 1 / (0.16 + Math.max(0, HORIZON - y));
  const density = clouded(x * depth * 1.5 + 3, depth * 2.4, { seed: 3, octaves: 6 });
  const light = clouded(x * depth * 1.5 + 3.08, depth * 2.4 + 0.1, { seed: 3, octaves: 6 });
  const cover = step(0.5, 0.72, density) * step(0.6, 0.35, y) * 0.95;
  const cloud = brighten(CLOUD, 0.9 + 0.5 * (density - light) + 0.06);
  const glow = Math.exp(-((x - 0.78) ** 2 + (y - 0.3) ** 2) * 9) * 0.3;
  return blend(blend(clear, cloud, cover), [255, 244, 220], glow);
}

function slopeAt(ridge: Ridge, at: { x: number; y: number; below: number }): Colour {
  const grown = clouded(at.x * 42, at.y * 64, { seed: ridge.seed + 5, octaves: 5 });
  const lit = clouded(at.x * 7 + 0.2, at.y * 9, { seed: ridge.seed + 9, octaves: 4 });
  const relief = brighten(ridge.colour, 0.6 + 0.5 * grown + 0.5 * (lit - 0.35));
  const mist = Math.min(0.92, ridge.haze + step(0.02, 0.2, at.below) * 0.3);
  return blend(relief, HAZE, mist);
}

function meadowAt(x: number, y: number, near: number): Colour {
  const depth = 1 / (0.12 + near);
  const blades = clouded(x * 90 * depth ** 0.4, y * 240, { seed: 120, octaves: 4 });
  const patches = clouded(x * 6, y * 14, { seed: 130, octaves: 4 });
  const grass = blend([92, 122, 48], [150, 152, 70], step(0.35, 0.7, patches));
  return brighten(grass, mix(0.95, 0.62, near) + 0.7 * (blades - 0.5));
}

function plantFirs(canvas: Canvas): void {
  const firs = Array.from({ length: 150 }, (_, number) => {
    const near = scatter(number, 1, 300) ** 3;
    const sideways = scatter(number, 2, 301);
    const x = near > 0.35 ? (sideways < 0.5 ? sideways * 0.5 : 1 - (1 - sideways) * 0.5) : sideways;
    return {
      x,
      foot: mix(0.775, 0.985, near),
      size: mix(0.05, 0.44, near) * mix(0.75, 1.1, scatter(number, 3, 302)),
      number,
    };
  });
  for (const fir of firs.sort((one, other) => one.foot - other.foot)) drawFir(canvas, fir);
}

function drawFir(canvas: Canvas, fir: { x: number; foot: number; size: number; number: number }): void {
  const tall = fir.size * canvas.height;
  const middle = fir.x * canvas.width;
  const foot = fir.foot * canvas.height;
  for (let row = 0; row < tall; row++) {
    const down = row / tall;
    const isTrunk = down > 0.95;
    const y = Math.round(foot - tall + row);
    const [left, right] = [0, 1].map((side) => {
      const branch = clouded(row * 0.09, side * 9 + fir.number, { seed: 350, octaves: 3 });
      return isTrunk ? tall * 0.014 : tall * 0.21 * down ** 0.8 * (0.25 + 0.95 * branch);
    }) as [number, number];
    for (let x = Math.floor(-left); x <= right; x++) {
      const halfWidth = x < 0 ? left : right;
      const ragged = scatter(Math.round(middle + x), y, fir.number);
      if (Math.abs(x) > halfWidth * (0.6 + 0.4 * ragged)) continue;
      const tuft = clouded((middle + x) * 0.16, y * 0.22 - Math.abs(x) * 0.1, { seed: 360, octaves: 4 });
      const light = 0.25 + 1.3 * tuft + 0.22 * (x / (halfWidth + 1)) + 0.3 * (ragged - 0.5);
      const needles: Colour = isTrunk ? [70, 52, 38] : brighten([42, 66, 36], Math.max(0.25, light));
      canvas.paint(Math.round(middle + x), y, blend(needles, HAZE, Math.max(0, 0.3 - fir.size)));
    }
  }
}

function withGrain(colour: Colour, x: number, y: number): Colour {
  const grain = 1 + 0.05 * (scatter(x, y, 777) + scatter(x, y, 778) - 1);
  const fromMiddle = (x / WIDTH - 0.5) ** 2 + (y / HEIGHT - 0.5) ** 2;
  return brighten(colour, grain * (1 - 0.28 * fromMiddle));
}
