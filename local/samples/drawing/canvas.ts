import sharp, { type Sharp } from 'sharp';
import { mix } from './noise.ts';

export type Colour = readonly [red: number, green: number, blue: number];

export function blend(from: Colour, to: Colour, share: number): Colour {
  return [mix(from[0], to[0], share), mix(from[1], to[1], share), mix(from[2], to[2], share)];
}

export function brighten(colour: Colour, factor: number): Colour {
  return [colour[0] * factor, colour[1] * factor, colour[2] * factor];
}

/** Pixels that can be painted one by one. */
export interface Canvas {
  readonly width: number;
  readonly height: number;
  readonly paint: (x: number, y: number, colour: Colour) => void;
  readonly toSharp: () => Sharp;
}

export function createCanvas(width: number, height: number): Canvas {
  const pixels = Buffer.alloc(width * height * 3);
  return {
    width,
    height,
    paint(x, y, colour) {
      if (x < 0 || y < 0 || x >= width || y >= height) return;
      for (const [channel, value] of colour.entries()) {
        pixels[(y * width + x) * 3 + channel] = Math.max(0, Math.min(255, value));
      }
    },
    toSharp: () => sharp(pixels, { raw: { width, height, channels: 3 } }),
  };
}
