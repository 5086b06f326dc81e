/** Which of an image's values become black and white, where 8 bits do not hold them as they are. */

export interface SampleFacts {
  /** The values that the samples' type can hold, as the decoder gives them; undefined for floating point. */
  readonly typeRange: readonly [low: number, high: number] | undefined;
  /** What the file says of its values: `SMinSampleValue` and `SMaxSampleValue`, or the older two. */
  readonly statedRange: readonly [low: number, high: number] | undefined;
  /** What the file says stands for no value (GDAL). */
  readonly noData: number | undefined;
}

export type SampleRange =
  /** The whole of the type's range is in use: the upper 8 bits show it. */
  | { readonly kind: 'whole' }
  | {
      readonly kind: 'scaled';
      /** Becomes 0. */
      readonly low: number;
      /** Becomes 255; above `low`. */
      readonly high: number;
      readonly rule: 'stated' | 'bits' | 'nominal' | 'measured';
      readonly bits?: number;
      /** The value that was ignored as "no data". */
      readonly noData?: number;
    };

/** A range is in use where values reach over this part of it: 32 of 256 levels. */
const LEAST_SPREAD = 1 / 8;
/** Values that are one in ten thousand are kept, unless they stretch the range beyond use. */
const OUTER = 0.0001;
const INNER = 0.005;
const MOST_STRETCH = 16;
/** A "no data" value is common, and far from the others. */
const LEAST_NO_DATA_SHARE = 0.01;
/** Bit depths of sensors that store their values in 16 bits. */
const SENSOR_BITS = [8, 9, 10, 11, 12, 13, 14, 15] as const;
/** Ranges in which programs store pictures as floating point. */
const NOMINAL_HIGHS = [1, 255, 65_535] as const;

/**
 * The range for values that were read here and there of the whole image.
 *
 * Values of a float image from 0.02 to 0.97: `{ kind: 'scaled', low: 0, high: 1, rule: 'nominal' }`; of 16 bits from 0 to
 * 4,000: `{ low: 0, high: 4095, rule: 'bits', bits: 12 }`; heights from -12 to 840: `{ low: -12, high: 840, rule: 'measured' }`.
 */
export function sampleRange(values: Float32Array, facts: SampleFacts): SampleRange {
  const finite = values.filter((value) => Number.isFinite(value) && Math.abs(value) < 1e37).sort();
  const noData = commonNoData(finite, facts.noData);
  const known = noData === undefined ? finite : finite.filter((value) => value !== noData);
  const noValue = noData === undefined ? {} : { noData };
  const { low, high } = robustEnds(known);
  const within = (range: readonly [number, number]): boolean =>
    low >= range[0] && high <= range[1] && high - low >= (range[1] - range[0]) * LEAST_SPREAD;

  const { typeRange, statedRange } = facts;
  if (low === high) return ofOneValue(low, typeRange);
  if (statedRange && within(statedRange)) {
    const isType = typeRange?.[0] === statedRange[0] && typeRange[1] === statedRange[1];
    if (!isType) return { kind: 'scaled', low: statedRange[0], high: statedRange[1], rule: 'stated', ...noValue };
  }
  if (typeRange?.[0] === 0 && typeRange[1] === 65_535) {
    const bits = SENSOR_BITS.find((each) => high < 2 ** each);
    if ((bits === undefined || bits === 15) && within(typeRange)) return { kind: 'whole' };
    if (bits !== undefined && within([0, 2 ** bits - 1])) {
      return { kind: 'scaled', low: 0, high: 2 ** bits - 1, rule: 'bits', bits, ...noValue };
    }
  }
  if (typeRange === undefined) {
    const nominal = NOMINAL_HIGHS.find((each) => high <= each);
    if (nominal !== undefined && high > nominal / 2 && within([0, nominal])) {
      return { kind: 'scaled', low: 0, high: nominal, rule: 'nominal', ...noValue };
    }
  }
  return { kind: 'scaled', low, high, rule: 'measured', ...noValue };
}

/** A blank page stays what it is; what has no black and no white becomes grey. */
function ofOneValue(value: number, typeRange: SampleFacts['typeRange']): SampleRange {
  if (typeRange?.[0] === 0 && typeRange[1] === 65_535) return { kind: 'whole' };
  const margin = Math.max(1, Math.abs(value));
  return { kind: 'scaled', low: value - margin, high: value + margin, rule: 'measured' };
}

/** Few values far from all others (hot pixels, spikes) must not make the rest one shade; rare ink on a page stays. */
function robustEnds(sorted: Float32Array): { low: number; high: number } {
  const trimmed = ends(sorted, OUTER);
  const outer = trimmed.low === trimmed.high ? ends(sorted, 0) : trimmed;
  const inner = ends(sorted, INNER);
  const innerSpread = inner.high - inner.low;
  if (innerSpread === 0 || outer.high - outer.low <= innerSpread * MOST_STRETCH) return outer;
  return {
    low: Math.max(outer.low, inner.low - innerSpread),
    high: Math.min(outer.high, inner.high + innerSpread),
  };
}

function ends(sorted: Float32Array, share: number): { low: number; high: number } {
  const skipped = Math.floor(sorted.length * share);
  return { low: sorted[skipped] ?? 0, high: sorted[sorted.length - 1 - skipped] ?? 0 };
}

/**
 * The "no data" value: the one that the file names, or the lowest or highest if it is common and farther away than all
 * others reach.
 */
function commonNoData(sorted: Float32Array, stated: number | undefined): number | undefined {
  if (stated !== undefined) {
    const asFloat = Math.fround(stated);
    if (sorted.includes(asFloat)) return asFloat;
  }
  const [first, last] = [sorted[0], sorted.at(-1)];
  if (first === undefined || last === undefined || first === last) return undefined;
  const afterFirst = sorted.findIndex((value) => value !== first);
  const beforeLast = sorted.findLastIndex((value) => value !== last);
  const [next, previous] = [sorted[afterFirst] ?? first, sorted[beforeLast] ?? last];
  const least = sorted.length * LEAST_NO_DATA_SHARE;
  if (afterFirst >= least && last > next && next - first > last - next) return first;
  const lastCount = sorted.length - 1 - beforeLast;
  if (lastCount >= least && previous > first && last - previous > previous - first) return last;
  return undefined;
}
