import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  billedImageTokens,
  type Calibration,
  calibrate,
  calibrated,
  combined,
} from '../../shared/tokens/calibration.ts';

function afterAnswers(ratios: readonly number[]): Calibration | undefined {
  let calibration: Calibration | undefined;
  for (const [index, ratio] of ratios.entries()) {
    calibration = calibrate(calibration, { estimatedTokens: 1000, billedTokens: 1000 * ratio }, 5000 + index);
  }
  return calibration;
}

describe('calibrate', () => {
  it('stays at 1 while answers agree with the estimate', () => {
    expect(afterAnswers([1, 1, 1])).toMatchObject({ factor: 1, samples: 3, sinceMs: 5000 });
  });

  it.each([
    [1, 1.05],
    [8, 1.22],
    [100, 1.45],
    [1000, 1.48],
  ])('after %d answers that say 1.5 says %d', (answers, factor) => {
    expect(afterAnswers(new Array(answers).fill(1.5))?.factor).toBeCloseTo(factor, 2);
  });

  it('believes no single answer more than its share', () => {
    expect(afterAnswers([1000])?.factor).toBeLessThan(1.17);
    expect(afterAnswers([...new Array(50).fill(1), 1000])?.factor).toBeLessThan(1.03);
  });

  it('learns a changed rule within some hundred answers', () => {
    const factor = afterAnswers([...new Array(500).fill(1), ...new Array(400).fill(2)])?.factor;
    expect(factor).toBeGreaterThan(1.75);
  });

  it.each([
    [0, 100],
    [100, 0],
    [100, Number.NaN],
    [100, -5],
  ])('learns nothing from an estimate of %d and a bill of %d', (estimatedTokens, billedTokens) => {
    expect(calibrate(undefined, { estimatedTokens, billedTokens }, 0)).toBeUndefined();
  });

  it('never leaves the span between 1 and what answers said', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0.3, max: 3, noNaN: true }), { minLength: 1 }), (ratios) => {
        const { factor } = afterAnswers(ratios) ?? { factor: Number.NaN };
        expect(factor).toBeGreaterThanOrEqual(Math.min(1, ...ratios) - 1e-9);
        expect(factor).toBeLessThanOrEqual(Math.max(1, ...ratios) + 1e-9);
      }),
    );
  });
});

describe('calibrated', () => {
  it('corrects an estimate to the nearest whole token, and leaves it alone before anything is learned', () => {
    expect(calibrated(255, undefined)).toBe(255);
    expect(calibrated(255, afterAnswers([1]))).toBe(255);
    expect(calibrated(255, afterAnswers(new Array(8).fill(1.5)))).toBe(312);
  });
});

describe('combined', () => {
  it('weighs each answer the same, wherever it came from', () => {
    const one = afterAnswers([1.5, 1.5]);
    const other = afterAnswers(new Array(6).fill(1.5));
    const both = combined([one, other].filter((each) => each !== undefined));
    expect(both?.factor).toBeCloseTo(afterAnswers(new Array(8).fill(1.5))?.factor ?? 0, 2);
    expect(both).toMatchObject({ samples: 8, sinceMs: 5000 });
  });

  it('is nothing without answers, and one deployment alone is itself', () => {
    const one = afterAnswers([2]);
    expect(combined([])).toBeUndefined();
    expect(combined(one ? [one] : [])).toBe(one);
  });
});

describe('billedImageTokens', () => {
  const sent = { textTokens: 100, schemaTokens: 0, estimatedTokens: 255 };

  it('is what the service reports, else the prompt without its text', () => {
    expect(billedImageTokens({ promptTokens: 400, imageTokens: 255 }, sent)).toBe(255);
    expect(billedImageTokens({ promptTokens: 400, imageTokens: null }, sent)).toBe(300);
    expect(billedImageTokens({ promptTokens: 90, imageTokens: null }, sent)).toBeNull();
  });

  it.each([
    [380, 255],
    [420, 280],
    [330, 250],
  ])('of a prompt of %i tokens, 60 of them a schema that may not be counted so, is %i', (promptTokens, tokens) => {
    const withSchema = { textTokens: 140, schemaTokens: 60, estimatedTokens: 255 };
    expect(billedImageTokens({ promptTokens, imageTokens: null }, withSchema)).toBe(tokens);
  });
});
