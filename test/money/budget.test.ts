import { describe, expect, it } from 'vitest';
import { type BudgetDenied, budgetSentence, unlimitedBudget } from '../../shared/money/budget.ts';

const DAY = { period: 'day', limitMicroUsd: 10_000_000, microUsd: 49_950 } as const;
const REACHED = { ...DAY, kind: 'reached', roomAtMs: Date.UTC(2026, 10, 24), isNews: true } as const;

describe('budgetSentence', () => {
  it.each<readonly [BudgetDenied, string]>([
    [
      { ...REACHED, filledBy: 'spending', leftMicroUsd: 20_049 },
      'This call can cost up to $0.05. $0.02 is left of the daily budget of $10, which resets at 2026-11-24T00:00:00.000Z.',
    ],
    [
      { ...REACHED, period: 'month', filledBy: 'spending', leftMicroUsd: -5 },
      'This call can cost up to $0.05. $0 is left of the monthly budget of $10, which resets at 2026-11-24T00:00:00.000Z.',
    ],
    [
      { ...REACHED, filledBy: 'reservations', leftMicroUsd: 20_000 },
      'This call can cost up to $0.05. $0.02 of the daily budget of $10 is free while other calls are under way. Room is expected at 2026-11-24T00:00:00.000Z.',
    ],
    [
      { ...REACHED, filledBy: 'reservations', leftMicroUsd: 49_950 },
      'This call can cost up to $0.05. $0.0499 of the daily budget of $10 is free and kept for callers who came before. Room is expected at 2026-11-24T00:00:00.000Z.',
    ],
    [
      { ...DAY, kind: 'never', limitMicroUsd: 10_000 },
      'This call can cost up to $0.05, more than the whole daily budget of $0.01. Raise the budget, then retry.',
    ],
  ])('of %j is the amounts and what to do', (denied, sentence) => {
    expect(budgetSentence(denied)).toBe(sentence);
  });
});

describe('unlimitedBudget', () => {
  it('reserves every call, and has no period', async () => {
    const budget = unlimitedBudget(() => 5);
    const call = { analysisId: 'a', attempt: 0, microUsd: 1_000_000_000 };
    const reservation = { ...call, reservedAtMs: 5 };
    expect(await budget.reserve(call)).toEqual({ kind: 'reserved', reservation });
    await budget.settle(reservation, 1);
    expect(await budget.view()).toEqual({});
    expect(await budget.olderThan(Number.POSITIVE_INFINITY)).toEqual([]);
  });
});
