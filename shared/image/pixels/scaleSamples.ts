import type sharp from 'sharp';
import type { Metadata, Sharp } from 'sharp';
import { formatCount } from '../../errors.ts';
import type { TiffFacts } from '../heads/tiffFacts.ts';
import type { ImageWarning } from '../imageWarning.ts';
import { type Opening, openPicture } from './loadSharp.ts';
import { type SampleFacts, type SampleRange, sampleRange } from './sampleRange.ts';

/** So many values are read to find the range, each one of the image's, none a mean of several; sorting more takes time. */
const MOST_SAMPLED = 200_000;
/** The decoder has no way to give negative 16-bit values but with this added. */
const SHORT_OFFSET = 32_768;

const TYPE_RANGES: Record<string, readonly [number, number]> = {
  char: [-128, 127],
  ushort: [0, 65_535],
  short: [-32_768, 32_767],
  uint: [0, 4_294_967_295],
  int: [-2_147_483_648, 2_147_483_647],
};

/** The decoder turns these over where the file says that 0 is white, and leaves the others. */
const TURNED_OVER = ['uchar', 'ushort', 'uint'];

/** Spaces of colours whose values are scaled; CMYK and Lab have a range of their own. */
const SCALED_SPACES = ['b-w', 'grey16', 'rgb', 'srgb', 'rgb16', 'scrgb'];

interface ScaledPicture {
  /** A new pass over it: upright, 8 bits, gray or RGB, of its own size. Undefined: the decoder's own 8 bits show it. */
  readonly open: (() => Sharp) | undefined;
  readonly warnings: readonly ImageWarning[];
}

/**
 * Brings samples of more than 8 bits, of a sign or of floating point into what can be seen, and leaves out bands that are
 * neither colours nor transparency. What the decoder does by itself (the upper 8 bits, or values cut off at 255) is kept
 * where it shows the picture.
 */
export async function scaleSamples(
  load: typeof sharp,
  bytes: Buffer,
  source: { readonly opening: Opening; readonly stored: Metadata; readonly tiff: TiffFacts | undefined },
): Promise<ScaledPicture> {
  const { opening, tiff } = source;
  const stored = await withoutEvenAlpha(openPicture(load, bytes, opening), source.stored);
  const space = stored.space;
  const dropped = bandsToDrop(stored, tiff);
  const isDeep = isScalable(stored, dropped);
  if (!isDeep && dropped === 0) return { open: undefined, warnings: [] };

  const facts = factsOf(stored.depth, tiff);
  const range: SampleRange = isDeep ? sampleRange(await sampled(), facts) : { kind: 'whole' };
  if (range.kind === 'whole' && dropped === 0) return { open: undefined, warnings: [] };

  let pass = openPicture(load, bytes, opening, { ignoreIcc: isDeep }).autoOrient();
  if (dropped > 0 || isDeep) pass = pass.removeAlpha();
  if (isDeep) {
    const [low, high] = range.kind === 'scaled' ? [range.low, range.high] : (facts.typeRange ?? [0, 255]);
    const isTurned = tiff?.isMinWhite === true && !TURNED_OVER.includes(stored.depth ?? '');
    const factor = 255 / (high - low);
    // The decoder cuts what lies behind the point: half of a step is added.
    pass = isTurned ? pass.linear(-factor, high * factor + 0.5) : pass.linear(factor, 0.5 - low * factor);
  }
  const { data, info } = await pass.toColourspace(space).raw({ depth: 'uchar' }).toBuffer({ resolveWithObject: true });
  const { width, height, channels } = info;
  const open = (): Sharp => load(data, { raw: { width, height, channels }, limitInputPixels: false });
  const isLeftOut = isDeep && stored.hasAlpha && dropped === 0;
  const turn = turnOf(stored.depth, tiff);
  return { open, warnings: [...warningsOf(range, { facts, turn, isLeftOut }), ...droppedWarning(dropped, stored)] };

  async function sampled(): Promise<Float32Array> {
    const isShort = stored.depth === 'short';
    const side = Math.floor(Math.sqrt(MOST_SAMPLED / stored.channels));
    const size = {
      width: Math.min(stored.width, side),
      height: Math.min(stored.height, side),
      fit: 'fill' as const,
      kernel: 'nearest' as const,
    };
    const small = openPicture(load, bytes, opening, { ignoreIcc: true }).resize(size).removeAlpha();
    const shifted = isShort ? small.linear(1, SHORT_OFFSET) : small;
    const { data, info } = await shifted
      .toColourspace(space)
      .raw({ depth: 'float' })
      .toBuffer({ resolveWithObject: true });
    const floats = new Float32Array(data.buffer.slice(data.byteOffset, data.byteOffset + data.byteLength));
    const colours = coloursOf(space);
    const seen = info.channels > colours ? floats.filter((_, place) => place % info.channels < colours) : floats;
    return isShort ? seen.map((value) => value - SHORT_OFFSET) : seen;
  }
}

/** Transparency that is the same everywhere is none: what holds 16 bits or more is then scaled as if it had no such channel. */
async function withoutEvenAlpha(picture: Sharp, stored: Metadata): Promise<Metadata> {
  if (!stored.hasAlpha || stored.depth === 'uchar' || stored.format === 'heif') return stored;
  const alpha = (await picture.stats()).channels.at(-1);
  return alpha !== undefined && alpha.min === alpha.max && alpha.max > 0 ? { ...stored, hasAlpha: false } : stored;
}

/**
 * Not where the decoder has scaled them itself (AVIF), nor 16 bits with transparency: a drawing on nothing may be of one
 * colour, and programs that write transparency use all bits.
 */
function isScalable({ depth, format, space, hasAlpha }: Metadata, dropped: number): boolean {
  if (depth === 'uchar' || format === 'heif' || !SCALED_SPACES.includes(space)) return false;
  return !(depth === 'ushort' && hasAlpha && dropped === 0);
}

function factsOf(depth: Metadata['depth'], tiff: TiffFacts | undefined): SampleFacts {
  const typeRange = TYPE_RANGES[depth ?? ''];
  const turn = turnOf(depth, tiff);
  const noData = tiff?.noData === undefined ? undefined : turn(tiff.noData);
  const stated = tiff?.statedRange?.map(turn).sort((one, other) => one - other);
  const [low, high] = stated ?? [];
  return { typeRange, noData, statedRange: low === undefined || high === undefined ? undefined : [low, high] };
}

/** From a value as the file has it to that which the decoder gives, and back. */
function turnOf(depth: Metadata['depth'], tiff: TiffFacts | undefined): (value: number) => number {
  const typeRange = TYPE_RANGES[depth ?? ''];
  const isTurnedOver = tiff?.isMinWhite === true && typeRange !== undefined && TURNED_OVER.includes(depth ?? '');
  return (value) => (isTurnedOver ? typeRange[1] - value : value);
}

/** Bands beyond gray or RGB of which the file does not say that they are transparency. */
function bandsToDrop(stored: Metadata, tiff: TiffFacts | undefined): number {
  if (tiff === undefined || stored.space === 'cmyk' || stored.space === 'labs') return 0;
  const extra = stored.channels - coloursOf(stored.space);
  return extra > 0 && !(extra === 1 && tiff.hasAlpha) ? extra : 0;
}

function coloursOf(space: string): 1 | 3 {
  return ['srgb', 'rgb', 'rgb16', 'scrgb'].includes(space) ? 3 : 1;
}

function droppedWarning(dropped: number, { channels }: Metadata): readonly ImageWarning[] {
  if (dropped === 0) return [];
  const used = channels - dropped === 1 ? 'the first was' : `the first ${channels - dropped} were`;
  return [{ code: 'bands-dropped', detail: `The image has ${channels} bands; ${used} analysed.` }];
}

const RULES = {
  stated: 'the range that the file gives',
  nominal: 'the usual range',
  measured: 'the range that they have',
};

interface Explained {
  readonly facts: SampleFacts;
  readonly turn: (value: number) => number;
  readonly isLeftOut: boolean;
}

function warningsOf(range: SampleRange, { facts, turn, isLeftOut }: Explained): readonly ImageWarning[] {
  if (range.kind === 'whole') return [];
  const { typeRange } = facts;
  const [low, high] = [turn(range.low), turn(range.high)].sort((one, other) => one - other);
  const type = typeRange === undefined ? 'floating-point samples' : `samples of ${bitsOf(typeRange)} bits`;
  const why = range.rule === 'bits' ? `the range of ${range.bits} bits` : RULES[range.rule];
  const noValue = range.noData === undefined ? '' : ` ${shown(turn(range.noData))} was ignored as "no data".`;
  const alpha = isLeftOut ? ' Its transparency was left out.' : '';
  const mapped = `values from ${shown(low ?? 0)} to ${shown(high ?? 0)} were mapped to 0–255 (${why})`;
  return [{ code: 'samples-scaled', detail: `The image has ${type}; ${mapped}.${noValue}${alpha}` }];
}

function bitsOf([low, high]: readonly [number, number]): number {
  return Math.round(Math.log2(high - low + 1));
}

/** Six digits: `shown(0.1234567)` is `0.123457`. */
function shown(value: number): string {
  const rounded = Number(value.toPrecision(6));
  return Number.isInteger(rounded) ? formatCount(rounded) : String(rounded);
}
