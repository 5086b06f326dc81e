import { describe, expect, it } from 'vitest';
import { calibrationView, createCalibrations } from '../../shared/tokens/calibrations.ts';

const NOON_MS = Date.UTC(2026, 10, 23, 12);
const bill = (promptTokens: number) => ({
  usage: { promptTokens, imageTokens: null },
  estimatedTokens: 765,
  textTokens: 135,
  schemaTokens: 0,
});

describe('createCalibrations', () => {
  it('learns for each deployment from what it billed, and says since when', () => {
    const calibrations = createCalibrations();
    for (let answers = 0; answers < 8; answers++) calibrations.learn('west', bill(135 + 1148), NOON_MS + answers);
    calibrations.learn('east', bill(900), NOON_MS);
    expect(calibrationView(calibrations.of(['west']))).toEqual({
      factor: 1.2228,
      samples: 8,
      since: '2026-11-23T12:00:00.000Z',
    });
    expect(calibrationView(calibrations.of(['east']))).toMatchObject({ factor: 1, samples: 1 });
    expect(calibrationView(calibrations.of(['east', 'west']))).toMatchObject({ samples: 9 });
  });

  it('knows nothing before the first answer, or after a bill that makes no sense', () => {
    const calibrations = createCalibrations();
    calibrations.learn('west', bill(100), NOON_MS);
    expect(calibrations.of(['west', 'nobody'])).toBeUndefined();
    expect(calibrationView(undefined)).toEqual({ factor: 1, samples: 0, since: null });
  });
});
