import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { billedImageTokens, type Calibration, calibrate, calibrated } from '../../shared/tokens/calibration.ts';

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
  it('corrects an estimate upwards to whole tokens, and leaves it alone before anything is learned', () => {
    expect(calibrated(255, undefined)).toBe(255);
    expect(calibrated(255, afterAnswers(new Array(8).fill(1.5)))).toBe(312);
  });
});

describe('billedImageTokens', () => {
  it('is what the service tells, else the prompt without its text', () => {
    expect(billedImageTokens({ promptTokens: 400, imageTokens: 255 }, 100)).toBe(255);
    expect(billedImageTokens({ promptTokens: 400, imageTokens: null }, 100)).toBe(300);
    expect(billedImageTokens({ promptTokens: 90, imageTokens: null }, 100)).toBeNull();
  });
});
