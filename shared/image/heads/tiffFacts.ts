import { createHeadBytes, PastHead } from './headBytes.ts';
import { readDirectory, readTiffStart } from './tiffDirectory.ts';
import { readValues } from './tiffValues.ts';

/** What a TIFF says of its samples and pieces, read from the whole file. */
export interface TiffFacts {
  /** 0 is white (`PhotometricInterpretation` 0). */
  readonly isMinWhite: boolean;
  /** One of the extra samples is transparency. */
  readonly hasAlpha: boolean;
  readonly isCompressed: boolean;
  readonly statedRange: readonly [low: number, high: number] | undefined;
  readonly noData: number | undefined;
  /** Where its strips or tiles lie, in order. */
  readonly pieces: readonly { readonly at: number; readonly bytes: number }[];
}

const COMPRESSION = 259;
const PHOTOMETRIC = 262;
export const STRIP_OFFSETS = 273;
const MIN_SAMPLE = 280;
const MAX_SAMPLE = 281;
export const STRIP_BYTES = 279;
export const TILE_OFFSETS = 324;
export const TILE_BYTES = 325;
const EXTRA_SAMPLES = 338;
const SMIN_SAMPLE = 340;
const SMAX_SAMPLE = 341;
const GDAL_NO_DATA = 42_113;

/** Of the directory with this place in the chain; undefined where the chain does not reach it. */
export function readTiffFacts(bytes: Uint8Array, page: number): TiffFacts | undefined {
  try {
    return factsOf(bytes, page);
  } catch (error) {
    if (error instanceof PastHead) return undefined;
    throw error;
  }
}

function factsOf(bytes: Uint8Array, page: number): TiffFacts | undefined {
  const head = createHeadBytes(bytes);
  const start = readTiffStart(head, 0);
  if (start === undefined) return undefined;
  let directoryAt = start.firstDirectoryAt;
  for (let place = 0; place < page && directoryAt !== 0; place++) {
    directoryAt = readDirectory(head, start, { at: directoryAt, mostEntries: 0 }).nextDirectoryAt;
  }
  if (directoryAt === 0) return undefined;

  const values = readValues(head, start, directoryAt);
  const numbers = (tag: number): readonly number[] => values.numbers.get(tag) ?? [];
  const low = Math.min(...first(numbers(SMIN_SAMPLE), numbers(MIN_SAMPLE)));
  const high = Math.max(...first(numbers(SMAX_SAMPLE), numbers(MAX_SAMPLE)));
  const noData = Number.parseFloat(values.texts.get(GDAL_NO_DATA) ?? '');
  const lengths = first(numbers(STRIP_BYTES), numbers(TILE_BYTES));
  return {
    isMinWhite: numbers(PHOTOMETRIC)[0] === 0,
    hasAlpha: numbers(EXTRA_SAMPLES).some((kind) => kind === 1 || kind === 2),
    isCompressed: (numbers(COMPRESSION)[0] ?? 1) !== 1,
    statedRange: Number.isFinite(low) && Number.isFinite(high) && low < high ? [low, high] : undefined,
    noData: Number.isFinite(noData) ? noData : undefined,
    pieces: first(numbers(STRIP_OFFSETS), numbers(TILE_OFFSETS)).map((at, place) => ({
      at,
      bytes: lengths[place] ?? 0,
    })),
  };
}

function first(one: readonly number[], other: readonly number[]): readonly number[] {
  return one.length > 0 ? one : other;
}
