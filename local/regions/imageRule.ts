/**
 * What an image becomes before a model looks at it, and what it is charged for that: the emulated service's own reading
 * of the rules, written apart from the product's so that each can catch the other's mistake.
 *
 * Sources: Microsoft Learn, Azure OpenAI "overview: image tokens" (2023-11 to 2024-04) for tiles; OpenAI "Images and
 * vision" guide, states of 2026 up to 2026-09-29, for patches and for the refusal above 30,000 patches.
 */
export type Detail = 'low' | 'high' | 'original';

export interface TileRule {
  readonly kind: 'tile';
  readonly baseTokens: number;
  readonly tileTokens: number;
}

export interface PatchLimits {
  readonly boxPx: number;
  /** null: as many patches as there are. */
  readonly patches: number | null;
}

export interface PatchRule {
  readonly kind: 'patch';
  readonly multiplier: number;
  readonly limits: Readonly<Partial<Record<Detail, PatchLimits>>>;
  /** What `auto` and no word about detail come to. */
  readonly auto: Detail;
}

export type ImageRule = TileRule | PatchRule;

export interface Sight {
  /** The size that the model looks at, in pixels. */
  readonly width: number;
  readonly height: number;
  readonly tokens: number;
  readonly patches: number | null;
}

const maxPatches = 30_000;

/**
 * The size that the model sees of an image of this size, and the tokens that it is charged.
 *
 * @returns `refused` with a sentence for a detail that the model does not know and for too many patches.
 * @example
 * seenAs({ kind: 'tile', baseTokens: 85, tileTokens: 170 }, { width: 513, height: 513, detail: 'high' });
 * // { kind: 'seen', sight: { width: 513, height: 513, tokens: 765, patches: null } }
 */
export function seenAs(
  rule: ImageRule,
  image: { readonly width: number; readonly height: number; readonly detail: string | undefined },
):
  | { readonly kind: 'seen'; readonly sight: Sight }
  | { readonly kind: 'refused'; readonly code: string; readonly sentence: string } {
  const asked = image.detail ?? 'auto';
  const detail = asked === 'auto' ? (rule.kind === 'tile' ? 'high' : rule.auto) : asked;
  if (rule.kind === 'tile') {
    if (detail === 'low') return seen(within(image, 512), rule.baseTokens, null);
    if (detail !== 'high') return refusedDetail(asked, "'auto', 'high', and 'low'");
    const sight = shortSideWithin(within(image, 2048), 768);
    const tiles = Math.ceil(sight.width / 512) * Math.ceil(sight.height / 512);
    return seen(sight, rule.baseTokens + rule.tileTokens * tiles, null);
  }
  const limits = rule.limits[detail as Detail];
  if (!limits)
    return refusedDetail(
      asked,
      Object.keys({ auto: 1, ...rule.limits })
        .map((name) => `'${name}'`)
        .join(', '),
    );
  const sight = withinPatches(within(image, limits.boxPx), limits.patches);
  const patches = patchesOf(sight);
  if (patches > maxPatches) {
    const sentence = `The image has ${patches} patches at detail '${detail}'. The maximum is ${maxPatches} patches per image.`;
    return { kind: 'refused', code: 'invalid_image', sentence };
  }
  return seen(sight, Math.ceil(patches * rule.multiplier - 1e-9), patches);
}

interface Size {
  readonly width: number;
  readonly height: number;
}

function within(size: Size, boxPx: number): Size {
  const ratio = Math.min(1, boxPx / Math.max(size.width, size.height));
  if (ratio === 1) return { width: size.width, height: size.height };
  return { width: Math.max(1, Math.round(size.width * ratio)), height: Math.max(1, Math.round(size.height * ratio)) };
}

function shortSideWithin(size: Size, limitPx: number): Size {
  const short = Math.min(size.width, size.height);
  if (short <= limitPx) return size;
  // The other side is rounded down, which the guide's examples show.
  const along = (side: number): number => (side === short ? limitPx : Math.floor((side * limitPx) / short));
  return { width: along(size.width), height: along(size.height) };
}

function patchesOf(size: Size): number {
  return Math.ceil(size.width / 32) * Math.ceil(size.height / 32);
}

function withinPatches(size: Size, budget: number | null): Size {
  if (budget === null || patchesOf(size) <= budget) return size;
  const ideal = Math.sqrt((32 * 32 * budget) / (size.width * size.height));
  const across = (size.width * ideal) / 32;
  const down = (size.height * ideal) / 32;
  const ratio = ideal * Math.min(Math.floor(across) / across, Math.floor(down) / down);
  // A hair is added because 1600 may come out as 1599.9999 and lose a pixel to rounding down.
  const side = (px: number): number => Math.max(1, Math.floor(px * ratio + 1e-9));
  return { width: side(size.width), height: side(size.height) };
}

function seen(size: Size, tokens: number, patches: number | null): { kind: 'seen'; sight: Sight } {
  return { kind: 'seen', sight: { width: size.width, height: size.height, tokens, patches } };
}

function refusedDetail(asked: string, known: string): { kind: 'refused'; code: string; sentence: string } {
  return {
    kind: 'refused',
    code: 'invalid_value',
    sentence: `Invalid value: '${asked}'. Supported values are: ${known}.`,
  };
}
