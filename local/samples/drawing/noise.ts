/** Smooth noise that is the same on every machine: what makes drawn hills and clouds look grown. */

/** A number from 0 to 1 that belongs to a point of the grid. */
export function scatter(x: number, y: number, seed: number): number {
  let hash = (Math.imul(x, 374_761_393) + Math.imul(y, 668_265_263) + Math.imul(seed, 974_634_777)) | 0;
  hash = Math.imul(hash ^ (hash >>> 13), 1_274_126_177);
  return ((hash ^ (hash >>> 16)) >>> 0) / 4_294_967_296;
}

function smooth(x: number, y: number, seed: number): number {
  const left = Math.floor(x);
  const top = Math.floor(y);
  const across = ease(x - left);
  const down = ease(y - top);
  const upper = mix(scatter(left, top, seed), scatter(left + 1, top, seed), across);
  const lower = mix(scatter(left, top + 1, seed), scatter(left + 1, top + 1, seed), across);
  return mix(upper, lower, down);
}

/** Noise of several sizes on top of each other, 0 to 1; every further octave is half as large and half as strong. */
export function clouded(x: number, y: number, shape: { readonly seed: number; readonly octaves: number }): number {
  let sum = 0;
  let weight = 0.5;
  let weights = 0;
  for (let octave = 0; octave < shape.octaves; octave++) {
    sum += weight * smooth(x * 2 ** octave, y * 2 ** octave, shape.seed + octave);
    weights += weight;
    weight /= 2;
  }
  return sum / weights;
}

export function mix(from: number, to: number, share: number): number {
  return from + (to - from) * share;
}

/** 0 below the first edge, 1 above the second, smooth between. */
export function step(from: number, to: number, value: number): number {
  return ease(Math.min(1, Math.max(0, (value - from) / (to - from))));
}

function ease(share: number): number {
  return share * share * (3 - 2 * share);
}
