import { describe, expect, it } from 'vitest';
import { budgetPauseOf } from '../../shared/backlog/budgetPause.ts';
import type { BudgetView } from '../../shared/money/budget.ts';
import { NOON_MS, recordWith } from '../support/sampleRecords.ts';

const USD = 1_000_000;
const day = (limitUsd: number, spentUsd: number, reservedUsd = 0) => ({
  limitMicroUsd: limitUsd * USD,
  spentMicroUsd: spentUsd * USD,
  reservedMicroUsd: reservedUsd * USD,
  renewsAtMs: Date.UTC(2026, 10, 24),
});
const month = (limitUsd: number, spentUsd: number) => ({
  ...day(limitUsd, spentUsd),
  renewsAtMs: Date.UTC(2026, 11, 1),
});

const poor = (needsUsd: number, waitingFor: 'budget' | 'quota' = 'budget') => {
  const estimate = { promptTokens: 1, admissionTokens: 1, microUsd: (needsUsd * USD) / 2 };
  return recordWith(
    'waiting',
    waitingFor === 'budget' ? { waitingFor, needsMicroUsd: needsUsd * USD, estimate } : { waitingFor, estimate },
  );
};
const pause = (budget: BudgetView, records = [poor(2), poor(4)], count = records.length) => {
  const { reason, notDoneBeforeMs } = budgetPauseOf({ count, records }, budget, NOON_MS);
  return { reason, notDoneBefore: new Date(notDoneBeforeMs).toISOString() };
};

describe('budgetPauseOf', () => {
  it('says that all waits for money, and until when', () => {
    expect(pause({ day: day(100, 99) })).toEqual({
      reason:
        'All that waits, waits for money. This call can cost up to $2. $1 is left of the daily budget of $100, ' +
        'which resets at 2026-11-24T00:00:00.000Z.',
      notDoneBefore: '2026-11-24T00:00:00.000Z',
    });
  });

  it('names the month where day and month are spent', () => {
    expect(pause({ day: day(100, 99), month: month(200, 199) }).reason).toMatch(/monthly budget of \$200.*2026-12-01/);
  });

  it('is no pause while something waits for quota, fits, or will when calls under way have ended', () => {
    expect(pause({ day: day(100, 99) }, [poor(2), poor(4, 'quota')]).reason).toBeUndefined();
    expect(pause({ day: day(100, 97) }).reason).toBeUndefined();
    expect(pause({ day: day(100, 90, 10) }).reason).toBeUndefined();
    expect(pause({ day: day(100, 100) }, []).reason).toBeUndefined();
    expect(pause({}).reason).toBeUndefined();
  });

  it.each([
    ['what is left', 50, '2026-11-23T12:00:00.000Z'],
    ['one renewal', 100, '2026-11-24T00:00:00.000Z'],
    ['two renewals', 201, '2026-11-25T00:00:00.000Z'],
    ['the renewals of a month', 1_000, '2026-12-03T00:00:00.000Z'],
  ])('counts how many renewals the work takes: %s', (_, usd, notDoneBefore) => {
    // Each costs 1 USD of the 2 that are reserved for it.
    expect(pause({ day: day(100, 50) }, [poor(2)], usd).notDoneBefore).toBe(notDoneBefore);
  });

  it('counts the month where it lasts for longer than the days', () => {
    expect(pause({ day: day(100, 0), month: month(150, 100) }, [poor(2)], 100).notDoneBefore).toBe(
      '2026-12-01T00:00:00.000Z',
    );
  });
});
