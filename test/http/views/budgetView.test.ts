import { describe, expect, it } from 'vitest';
import { budgetView } from '../../../shared/http/views/budgetView.ts';

describe('budgetView', () => {
  it('shows money in USD and when it begins anew', () => {
    const day = {
      limitMicroUsd: 12_500_000,
      spentMicroUsd: 2_550,
      reservedMicroUsd: 24_000,
      renewsAtMs: Date.UTC(2026, 10, 24),
    };
    expect(budgetView({ day })).toEqual({
      day: { limitUsd: 12.5, spentUsd: 0.00255, reservedUsd: 0.024, renewsAt: '2026-11-24T00:00:00.000Z' },
    });
  });

  it('is nothing without a limit', () => {
    expect(budgetView({})).toBeUndefined();
  });
});
