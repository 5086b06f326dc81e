import { describe, expect, it } from 'vitest';
import { type SampleFacts, sampleRange } from '../../../shared/image/pixels/sampleRange.ts';

const U16 = [0, 65_535] as const;
const S16 = [-32_768, 32_767] as const;

/** `count` values from `low` to `high` in even steps. */
const ramp = (low: number, high: number, count = 1_000): number[] =>
  Array.from({ length: count }, (_, place) => low + ((high - low) * place) / (count - 1));

function rangeOf(values: readonly number[], facts: Partial<SampleFacts> = {}): ReturnType<typeof sampleRange> {
  return sampleRange(Float32Array.from(values), {
    typeRange: undefined,
    statedRange: undefined,
    noData: undefined,
    ...facts,
  });
}

describe('sampleRange', () => {
  it.each([
    ['float from 0.02 to 0.97', ramp(0.02, 0.97), {}, { low: 0, high: 1, rule: 'nominal' }],
    ['float from 3 to 240', ramp(3, 240), {}, { low: 0, high: 255, rule: 'nominal' }],
    ['float from -3 to 5', ramp(-3, 5), {}, { low: -3, high: 5, rule: 'measured' }],
    ['float from 1,000 to 1,010', ramp(1_000, 1_010), {}, { low: 1_000, high: 1_010, rule: 'measured' }],
    ['float from 0 to 0.05', ramp(0, 0.05), {}, { low: 0, rule: 'measured' }],
    ['12 of 16 bits', ramp(0, 4_000), { typeRange: U16 }, { low: 0, high: 4_095, rule: 'bits', bits: 12 }],
    ['10 of 16 bits', ramp(20, 900), { typeRange: U16 }, { low: 0, high: 1_023, rule: 'bits', bits: 10 }],
    ['a narrow part of 16 bits', ramp(30_000, 30_400), { typeRange: U16 }, { low: 30_000, high: 30_400 }],
    ['heights of a signed type', ramp(-12, 840), { typeRange: S16 }, { low: -12, high: 840, rule: 'measured' }],
    [
      'a range that the file states',
      ramp(100, 700),
      { typeRange: U16, statedRange: [0, 2_000] as const },
      { low: 0, high: 2_000, rule: 'stated' },
    ],
    [
      'a stated range that is the whole of the type',
      ramp(0, 4_000),
      { typeRange: U16, statedRange: U16 },
      { high: 4_095, rule: 'bits' },
    ],
    [
      'a stated range that the values leave',
      ramp(0, 4_000),
      { typeRange: U16, statedRange: [0, 255] as const },
      { high: 4_095, rule: 'bits' },
    ],
  ])('maps %s', (_name, values, facts, expected) => {
    expect(rangeOf(values, facts)).toMatchObject({ kind: 'scaled', ...expected });
  });

  it.each([
    ['a photograph of 16 bits', ramp(200, 61_000)],
    ['a dark one of 15 bits', ramp(0, 20_000)],
    ['a blank white page', Array<number>(1_000).fill(65_535)],
    ['a white page with one dot in a hundred thousand', [...Array<number>(99_999).fill(65_535), 0]],
  ])('leaves %s as it is', (_name, values) => {
    expect(rangeOf(values, { typeRange: U16 })).toEqual({ kind: 'whole' });
  });

  it('looks past values that are no numbers, and past few that are far off', () => {
    const odd = [Number.NaN, Number.POSITIVE_INFINITY, -3.4e38];
    expect(rangeOf([...ramp(5, 9), ...odd])).toMatchObject({ low: 5, high: 9 });
    const hot = [...ramp(200, 300, 10_000), ...Array<number>(20).fill(60_000)];
    expect(rangeOf(hot, { typeRange: U16 })).toMatchObject({ low: 0, high: 511, rule: 'bits' });
  });

  it.each([
    ['says so', Array<number>(3).fill(-9_999), -9_999],
    ['says nothing, but a tenth has one far value', Array<number>(100).fill(-9_999), undefined],
    ['says nothing, and the value is above', Array<number>(100).fill(65_535), undefined],
  ])('leaves out what stands for no value where the file %s', (_name, missing, noData) => {
    const range = rangeOf([...ramp(100, 105), ...missing], { noData });
    expect(range).toEqual({ kind: 'scaled', low: 100, high: 105, rule: 'measured', noData: missing[0] });
  });

  it('makes one value grey, and gives a range for no values at all', () => {
    expect(rangeOf([5, 5, 5])).toEqual({ kind: 'scaled', low: 0, high: 10, rule: 'measured' });
    expect(rangeOf([Number.NaN])).toEqual({ kind: 'scaled', low: -1, high: 1, rule: 'measured' });
  });
});
