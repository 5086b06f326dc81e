import type { ImageSize } from '../shared/tokens/imageSize.ts';

export interface MixedImage extends ImageSize {
  readonly kind: string;
}

const IMAGES = 2_000;

interface Kind {
  readonly kind: string;
  /** Of a hundred images. */
  readonly share: number;
  readonly sizes: readonly (readonly [width: number, height: number])[];
  /** Sides are up to so much shorter: photos and windows are cropped. */
  readonly crop: number;
}

const KINDS: readonly Kind[] = [
  { kind: 'photo of 12 MP', share: 25, sizes: [[4032, 3024]], crop: 0.1 },
  { kind: 'photo of 48 MP', share: 10, sizes: [[8064, 6048]], crop: 0.1 },
  { kind: 'A4 at 150 dpi', share: 10, sizes: [[1240, 1754]], crop: 0.01 },
  { kind: 'A4 at 300 dpi', share: 20, sizes: [[2480, 3508]], crop: 0.01 },
  { kind: 'A4 at 600 dpi', share: 5, sizes: [[4960, 7016]], crop: 0.01 },
  {
    kind: 'screenshot',
    share: 20,
    sizes: [
      [1366, 768],
      [1920, 1080],
      [2560, 1440],
      [1170, 2532],
    ],
    crop: 0.3,
  },
  {
    kind: 'icon',
    share: 10,
    sizes: [
      [32, 32],
      [64, 64],
      [128, 128],
      [256, 256],
      [512, 512],
    ],
    crop: 0,
  },
];

/** Images as people send them, the same each time: sizes alone, a third of the photos upright. */
export function imageMix(seed: number): readonly MixedImage[] {
  const random = seeded(seed);
  return KINDS.flatMap(({ kind, share, sizes, crop }) =>
    Array.from({ length: (IMAGES * share) / 100 }, () => {
      const [width, height] = sizes[Math.floor(random() * sizes.length)] ?? [1, 1];
      const cropped = { width: cut(width, crop * random()), height: cut(height, crop * random()) };
      const isTurned = kind.startsWith('photo') && random() < 1 / 3;
      return { kind, ...(isTurned ? { width: cropped.height, height: cropped.width } : cropped) };
    }),
  );
}

function cut(px: number, part: number): number {
  return Math.max(1, Math.round(px * (1 - part)));
}

/** Mulberry32 (Tommy Ettinger, 2017): 0 to below 1. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
