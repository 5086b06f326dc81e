import { describe, expect, it } from 'vitest';
import type { Budget, Reservation } from '../../shared/analyses/budget.ts';
import { budgetSentence } from '../../shared/analyses/budget.ts';
import { budgetKeys, renewalOf } from '../../shared/analyses/budgetPeriods.ts';
import { createTableBudget } from '../../shared/analyses/tableBudget.ts';
import { DAY_MS, NOON_MS } from './sampleRecords.ts';
import { useStorage } from './storage.ts';

const storage = useStorage();
const CENT = 10_000;

/** Budgets of several app processes on one table, at noon unless the clock is moved. */
async function openBudgets(
  limits: { readonly day?: number; readonly month?: number },
  count = 1,
): Promise<{ readonly budgets: readonly Budget[]; readonly pass: (ms: number) => void }> {
  const table = await storage.table();
  let nowMs = NOON_MS;
  const open = (): Budget =>
    createTableBudget({
      table,
      limits,
      now: () => nowMs,
      sleep: (waitMs) => new Promise((settle) => setTimeout(settle, waitMs)),
      random: Math.random,
    });
  return {
    budgets: Array.from({ length: count }, open),
    pass: (ms) => {
      nowMs += ms;
    },
  };
}

async function reserve(budget: Budget | undefined, analysisId: string, microUsd: number): Promise<Reservation> {
  const end = await budget?.reserve({ analysisId, attempt: 0, microUsd });
  if (end?.kind !== 'reserved') throw new Error(`Not reserved: ${JSON.stringify(end)}.`);
  return end.reservation;
}

describe('budgetKeys and renewalOf', () => {
  it('count days and months in UTC', () => {
    expect(budgetKeys(NOON_MS)).toEqual({ partitionKey: '2026-11', day: 'day-23', month: 'month' });
    expect(new Date(renewalOf('day', NOON_MS)).toISOString()).toBe('2026-11-24T00:00:00.000Z');
    expect(new Date(renewalOf('month', Date.UTC(2026, 11, 31, 23))).toISOString()).toBe('2027-01-01T00:00:00.000Z');
  });
});

describe('createTableBudget', () => {
  it('holds to the cent when 200 calls of two processes come at once', async () => {
    const { budgets } = await openBudgets({ day: 50 * CENT, month: 1_000 * CENT }, 2);
    const ends = await Promise.all(
      Array.from({ length: 200 }, (_, call) =>
        budgets[call % 2]?.reserve({ analysisId: `a${call}`, attempt: 0, microUsd: CENT }),
      ),
    );
    const reserved = ends.flatMap((end) => (end?.kind === 'reserved' ? [end.reservation] : []));
    expect(reserved).toHaveLength(50);
    expect(await budgets[0]?.view()).toMatchObject({ day: { spentMicroUsd: 0, reservedMicroUsd: 50 * CENT } });
    await Promise.all(reserved.map((each, place) => budgets[place % 2]?.settle(each, 4_000)));
    expect(await budgets[1]?.view()).toMatchObject({
      day: { limitMicroUsd: 50 * CENT, spentMicroUsd: 200_000, reservedMicroUsd: 0 },
      month: { spentMicroUsd: 200_000, reservedMicroUsd: 0 },
    });
  });

  it('says when the budget begins anew, and has it then', async () => {
    const { budgets, pass } = await openBudgets({ day: CENT });
    await reserve(budgets[0], 'a', CENT);
    const end = await budgets[0]?.reserve({ analysisId: 'b', attempt: 0, microUsd: 1 });
    expect(end).toEqual({
      kind: 'reached',
      period: 'day',
      limitMicroUsd: CENT,
      microUsd: 1,
      renewsAtMs: Date.UTC(2026, 10, 24),
      isNews: true,
    });
    expect(await budgets[0]?.reserve({ analysisId: 'b', attempt: 0, microUsd: 1 })).toMatchObject({ isNews: false });
    expect(end?.kind === 'reached' && budgetSentence(end)).toBe(
      'The budget of $0.01 a day has no room for a call of up to $0.0001; it begins anew at 2026-11-24T00:00:00.000Z.',
    );
    pass(DAY_MS / 2);
    await reserve(budgets[0], 'b', CENT);
  });

  it('promises no renewal to a call that may cost more than the whole limit', async () => {
    const { budgets } = await openBudgets({ day: 5 * CENT, month: 2 * CENT });
    const end = await budgets[0]?.reserve({ analysisId: 'a', attempt: 0, microUsd: 24_350 });
    expect(end).toEqual({ kind: 'never', period: 'month', limitMicroUsd: 2 * CENT, microUsd: 24_350 });
    expect(end?.kind === 'never' && budgetSentence(end)).toBe(
      'One call may cost up to $0.0244, more than the whole budget of $0.02 a month: raise it, then retry.',
    );
    await reserve(budgets[0], 'b', 2 * CENT);
  });

  it('counts a call in the day in which it was reserved, and once only', async () => {
    const { budgets, pass } = await openBudgets({ day: 5 * CENT, month: 9 * CENT });
    const reservation = await reserve(budgets[0], 'a', CENT);
    pass(DAY_MS);
    await budgets[0]?.settle(reservation, 7_000);
    await budgets[0]?.settle(reservation, 7_000);
    expect(await budgets[0]?.view()).toMatchObject({
      day: { spentMicroUsd: 0, reservedMicroUsd: 0 },
      month: { spentMicroUsd: 7_000, reservedMicroUsd: 0 },
    });
  });

  it('finds what nobody settled, of the last day of a month as well', async () => {
    const { budgets, pass } = await openBudgets({ month: 9 * CENT });
    const left = await reserve(budgets[0], 'a', CENT);
    const settled = await reserve(budgets[0], 'b', CENT);
    await budgets[0]?.settle(settled, 1);
    expect(await budgets[0]?.olderThan(NOON_MS)).toEqual([]);
    pass(1);
    expect(await budgets[0]?.olderThan(NOON_MS + 1)).toEqual([left]);
  });
});
