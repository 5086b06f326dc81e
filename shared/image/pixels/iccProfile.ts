import { createHeadBytes, type HeadBytes, PastHead } from '../heads/headBytes.ts';

/** What an embedded colour profile means for the picture: `srgb` changes nothing that an eye sees. */
export type ProfileKind =
  | { readonly kind: 'srgb' }
  | { readonly kind: 'other'; readonly name: string }
  /** Of another kind of colours than the picture has: decoders leave it out. */
  | { readonly kind: 'unfit' }
  | { readonly kind: 'broken' };

const HEADER_BYTES = 128;
/** The colorants of sRGB as ICC profiles hold them, adapted to D50 (IEC 61966-2-1; ICC.1:2022, 9.2). */
const SRGB_COLORANTS: readonly (readonly [string, readonly number[]])[] = [
  ['rXYZ', [0.4361, 0.2225, 0.0139]],
  ['gXYZ', [0.3851, 0.7169, 0.0971]],
  ['bXYZ', [0.1431, 0.0606, 0.7139]],
];
const COLORANT_TOLERANCE = 0.01;
/** What half of a channel's range means in linear light: 0.214 in sRGB. */
const SRGB_HALF = 0.214;
const HALF_TOLERANCE = 0.012;
const MOST_TAGS = 200;
const MOST_NAME_CHARACTERS = 80;

/** Colours that a picture may have and a profile be made for, as profiles name them. */
const PROFILE_SPACES: Readonly<Record<string, string>> = {
  'b-w': 'GRAY',
  grey16: 'GRAY',
  srgb: 'RGB ',
  rgb: 'RGB ',
  rgb16: 'RGB ',
  scrgb: 'RGB ',
  cmyk: 'CMYK',
  labs: 'Lab ',
};

/**
 * ICC.1:2022: the header, the table of tags, and the few tags in which sRGB differs from others.
 *
 * @param space of the picture's colours, as the decoder names it
 */
export function profileKind(profile: Uint8Array, space: string): ProfileKind {
  try {
    const head = createHeadBytes(profile);
    const found = kindOf(head);
    const isFit = (PROFILE_SPACES[space] ?? head.text(16, 4)) === head.text(16, 4);
    return found.kind === 'other' && !isFit ? { kind: 'unfit' } : found;
  } catch (error) {
    if (error instanceof PastHead) return { kind: 'broken' };
    throw error;
  }
}

function kindOf(head: HeadBytes): ProfileKind {
  if (head.text(36, 4) !== 'acsp') return { kind: 'broken' };
  const tags = readTags(head);
  const space = head.text(16, 4);
  const hasTable = tags.has('A2B0') || tags.has('A2B1');
  const hasColorants = SRGB_COLORANTS.every(([tag]) => tags.has(tag)) && tags.has('rTRC');
  const isUsable = hasTable || (space === 'RGB ' && hasColorants) || (space === 'GRAY' && tags.has('kTRC'));
  if (!isUsable) return { kind: 'broken' };
  const isSrgb = space === 'RGB ' && hasColorants && hasSrgbColorants(head, tags) && hasSrgbCurve(head, tags, 'rTRC');
  const isSrgbGray = space === 'GRAY' && tags.has('kTRC') && hasSrgbCurve(head, tags, 'kTRC');
  return isSrgb || isSrgbGray ? { kind: 'srgb' } : { kind: 'other', name: readName(head, tags.get('desc')) };
}

function readTags(head: HeadBytes): ReadonlyMap<string, number> {
  const tags = new Map<string, number>();
  const count = Math.min(head.uint32(HEADER_BYTES, 'big'), MOST_TAGS);
  for (let tag = 0; tag < count; tag++) {
    const at = HEADER_BYTES + 4 + tag * 12;
    const contentAt = head.uint32(at + 4, 'big');
    head.need(contentAt, contentAt + head.uint32(at + 8, 'big'));
    tags.set(head.text(at, 4), contentAt);
  }
  return tags;
}

function hasSrgbColorants(head: HeadBytes, tags: ReadonlyMap<string, number>): boolean {
  return SRGB_COLORANTS.every(([tag, expected]) => {
    const at = tags.get(tag) ?? 0;
    return expected.every((value, axis) => Math.abs(fixed(head, at + 8 + axis * 4) - value) <= COLORANT_TOLERANCE);
  });
}

function hasSrgbCurve(head: HeadBytes, tags: ReadonlyMap<string, number>, tag: string): boolean {
  const half = halfOfCurve(head, tags.get(tag) ?? 0);
  return half !== undefined && Math.abs(half - SRGB_HALF) <= HALF_TOLERANCE;
}

/** What a curve makes of one half, from 0 to 1 (10.6 curveType, 10.18 parametricCurveType). */
function halfOfCurve(head: HeadBytes, at: number): number | undefined {
  const type = head.text(at, 4);
  if (type === 'curv') {
    const points = head.uint32(at + 8, 'big');
    if (points === 0) return 0.5;
    if (points === 1) return 0.5 ** (head.uint16(at + 12, 'big') / 256);
    return head.uint16(at + 12 + 2 * Math.floor((points - 1) / 2), 'big') / 65_535;
  }
  if (type !== 'para') return undefined;
  const gamma = fixed(head, at + 12);
  if (head.uint16(at + 8, 'big') === 0) return 0.5 ** gamma;
  return (fixed(head, at + 16) * 0.5 + fixed(head, at + 20)) ** gamma;
}

/** s15Fixed16Number. */
function fixed(head: HeadBytes, at: number): number {
  return (head.uint32(at, 'big') | 0) / 65_536;
}

function readName(head: HeadBytes, at: number | undefined): string {
  if (at === undefined) return 'without a name';
  const name = head.text(at, 4) === 'mluc' ? unicodeName(head, at) : asciiName(head, at);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: a name that comes from a file is shown to people.
  return name.replace(/[\x00-\x1f\x7f]/g, '').trim() || 'without a name';
}

function asciiName(head: HeadBytes, at: number): string {
  return head.text(at + 12, Math.min(head.uint32(at + 8, 'big'), MOST_NAME_CHARACTERS));
}

function unicodeName(head: HeadBytes, at: number): string {
  const bytes = Math.min(head.uint32(at + 20, 'big'), 2 * MOST_NAME_CHARACTERS);
  const nameAt = at + head.uint32(at + 24, 'big');
  const units = Array.from({ length: Math.floor(bytes / 2) }, (_, unit) => head.uint16(nameAt + unit * 2, 'big'));
  return String.fromCharCode(...units);
}
