import { describe, expect, it } from 'vitest';
import { type Budget, budgetSentence, type Reservation } from '../../shared/money/budget.ts';
import { budgetKeys, renewalOf } from '../../shared/money/budgetPeriods.ts';
import { createTableBudget } from '../../shared/money/tableBudget.ts';
import { DAY_MS, NOON_MS } from '../support/sampleRecords.ts';
import { useStorage } from '../support/storage.ts';

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
      signal: () => undefined,
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
  it.each([
    ['2026-11-23T12:00:00.000Z', '2026-11', 'day-23', '2026-11-24T00:00:00.000Z', '2026-12-01T00:00:00.000Z'],
    ['2026-11-30T23:59:59.999Z', '2026-11', 'day-30', '2026-12-01T00:00:00.000Z', '2026-12-01T00:00:00.000Z'],
    ['2026-12-31T23:00:00.000Z', '2026-12', 'day-31', '2027-01-01T00:00:00.000Z', '2027-01-01T00:00:00.000Z'],
    ['2027-01-01T00:00:00.000Z', '2027-01', 'day-01', '2027-01-02T00:00:00.000Z', '2027-02-01T00:00:00.000Z'],
    ['2028-02-28T23:59:59.999Z', '2028-02', 'day-28', '2028-02-29T00:00:00.000Z', '2028-03-01T00:00:00.000Z'],
    ['2028-02-29T00:00:00.000Z', '2028-02', 'day-29', '2028-03-01T00:00:00.000Z', '2028-03-01T00:00:00.000Z'],
    ['2027-02-28T12:00:00.000Z', '2027-02', 'day-28', '2027-03-01T00:00:00.000Z', '2027-03-01T00:00:00.000Z'],
    ['2027-03-28T01:30:00.000Z', '2027-03', 'day-28', '2027-03-29T00:00:00.000Z', '2027-04-01T00:00:00.000Z'],
    ['2026-10-25T00:59:00.000Z', '2026-10', 'day-25', '2026-10-26T00:00:00.000Z', '2026-11-01T00:00:00.000Z'],
  ])(
    'count days and months in UTC, whatever the clocks of a country do: %s',
    (at, partitionKey, day, dayEnd, monthEnd) => {
      const atMs = Date.parse(at);
      expect(budgetKeys(atMs)).toEqual({ partitionKey, day, month: 'month' });
      expect(new Date(renewalOf('day', atMs)).toISOString()).toBe(dayEnd);
      expect(new Date(renewalOf('month', atMs)).toISOString()).toBe(monthEnd);
    },
  );
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

  it('says when a spent budget is renewed, and has room then', async () => {
    const { budgets, pass } = await openBudgets({ day: CENT });
    await budgets[0]?.settle(await reserve(budgets[0], 'a', CENT), CENT);
    const end = await budgets[0]?.reserve({ analysisId: 'b', attempt: 0, microUsd: 1 });
    expect(end).toEqual({
      kind: 'reached',
      filledBy: 'spending',
      period: 'day',
      limitMicroUsd: CENT,
      leftMicroUsd: 0,
      microUsd: 1,
      roomAtMs: Date.UTC(2026, 10, 24),
      isNews: true,
    });
    expect(await budgets[0]?.reserve({ analysisId: 'b', attempt: 0, microUsd: 1 })).toMatchObject({ isNews: false });
    expect(end?.kind === 'reached' && budgetSentence(end)).toBe(
      'This call can cost up to $0.0001. $0 is left of the daily budget of $0.01, which resets at 2026-11-24T00:00:00.000Z.',
    );
    pass(DAY_MS / 2);
    await reserve(budgets[0], 'b', CENT);
  });

  it('says the seconds after which calls under way are expected to leave room, and has room then', async () => {
    const { budgets, pass } = await openBudgets({ day: 10 * CENT, month: 100 * CENT });
    const held = await reserve(budgets[0], 'a', 8 * CENT);
    pass(4_000);
    const end = await budgets[0]?.reserve({ analysisId: 'b', attempt: 0, microUsd: 5 * CENT });
    expect(end).toMatchObject({ kind: 'reached', filledBy: 'reservations', period: 'day', isNews: false });
    expect(end?.kind === 'reached' && end.roomAtMs).toBe(NOON_MS + 10_000);
    expect(end?.kind === 'reached' && budgetSentence(end)).toBe(
      'This call can cost up to $0.05. $0.02 of the daily budget of $0.1 is free while other calls are under way. ' +
        'Room is expected at 2026-11-23T12:00:10.000Z.',
    );
    await budgets[0]?.settle(held, 3 * CENT);
    pass(6_000);
    await reserve(budgets[0], 'b', 5 * CENT);
  });

  it('keeps no room for a caller who cannot be known again after its wait', async () => {
    const { budgets, pass } = await openBudgets({ day: 10 * CENT });
    const held = await reserve(budgets[0], 'a', 8 * CENT);
    const gone = { attempt: 0, microUsd: 5 * CENT };
    for (const analysisId of ['b', 'c', 'd']) {
      expect(await budgets[0]?.reserve({ ...gone, analysisId }, NOON_MS + 3_000)).toMatchObject({ kind: 'reached' });
    }
    pass(4_000);
    await budgets[0]?.settle(held, 2 * CENT);
    await reserve(budgets[0], 'e', 5 * CENT);
  });

  it('returns a time after which reserved room is free, if other callers do not return', async () => {
    const { budgets, pass } = await openBudgets({ day: 10 * CENT });
    const held = await reserve(budgets[0], 'a', 8 * CENT);
    const call = { attempt: 0, microUsd: 5 * CENT };
    await budgets[0]?.reserve({ ...call, analysisId: 'b' });
    await budgets[0]?.reserve({ ...call, analysisId: 'c' });
    pass(4_000);
    await budgets[0]?.settle(held, 2 * CENT);
    const end = await budgets[0]?.reserve({ ...call, analysisId: 'd' });
    if (end?.kind !== 'reached') throw new Error('It is kept for those before.');
    expect(budgetSentence(end)).toMatch(
      /^This call can cost up to \$0\.05\. \$0\.08 of the daily budget of \$0\.1 is free and kept for callers who came before\./,
    );
    pass(end.roomAtMs - NOON_MS - 4_000);
    await reserve(budgets[0], 'd', 5 * CENT);
  });

  it('says the renewal of the month where the day is only reserved and the month is spent', async () => {
    const { budgets, pass } = await openBudgets({ day: 10 * CENT, month: 12 * CENT });
    await budgets[0]?.settle(await reserve(budgets[0], 'a', 9 * CENT), 9 * CENT);
    pass(DAY_MS);
    await reserve(budgets[0], 'b', 3 * CENT);
    expect(await budgets[0]?.reserve({ analysisId: 'c', attempt: 0, microUsd: 8 * CENT })).toMatchObject({
      period: 'month',
      filledBy: 'spending',
      roomAtMs: Date.UTC(2026, 11, 1),
    });
  });

  it('names the day where the calls under way fill both periods', async () => {
    const { budgets } = await openBudgets({ day: 2 * CENT, month: 2 * CENT });
    await reserve(budgets[0], 'a', 2 * CENT);
    const end = await budgets[0]?.reserve({ analysisId: 'b', attempt: 0, microUsd: CENT });
    expect(end).toMatchObject({ kind: 'reached', filledBy: 'reservations', period: 'day' });
  });

  it('promises no renewal to a call that may cost more than the whole limit', async () => {
    const { budgets } = await openBudgets({ day: 5 * CENT, month: 2 * CENT });
    const end = await budgets[0]?.reserve({ analysisId: 'a', attempt: 0, microUsd: 24_350 });
    expect(end).toEqual({ kind: 'never', period: 'month', limitMicroUsd: 2 * CENT, microUsd: 24_350 });
    expect(end?.kind === 'never' && budgetSentence(end)).toBe(
      'This call can cost up to $0.0244, more than the whole monthly budget of $0.02. Raise the budget, then retry.',
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

  it('finds unsettled reservations, also of the last day of a month', async () => {
    const { budgets, pass } = await openBudgets({ month: 9 * CENT });
    const left = await reserve(budgets[0], 'a', CENT);
    const settled = await reserve(budgets[0], 'b', CENT);
    await budgets[0]?.settle(settled, 1);
    expect(await budgets[0]?.olderThan(NOON_MS)).toEqual([]);
    pass(1);
    expect(await budgets[0]?.olderThan(NOON_MS + 1)).toEqual([left]);
    const nextMonthMs = Date.parse('2026-12-01T00:00:00.000Z');
    pass(nextMonthMs - 1 - NOON_MS - 1);
    const late = await reserve(budgets[0], 'c', CENT);
    pass(2);
    expect(await budgets[0]?.olderThan(nextMonthMs)).toEqual([left, late]);
    expect(await budgets[0]?.olderThan(late.reservedAtMs)).toEqual([left]);
  });

  it('makes no call where other processes change the sums before each of its fifty writes', async () => {
    const table = await storage.table();
    const shared = { signal: () => undefined, limits: { day: 100 * CENT }, now: () => NOON_MS, random: () => 1 };
    const other = createTableBudget({ ...shared, table, sleep: async () => undefined });
    let isContended = false;
    const contended = new Proxy(table, {
      get: (target, name) => {
        if (name !== 'submitTransaction') return Reflect.get(target, name);
        return async (...given: Parameters<typeof table.submitTransaction>) => {
          if (isContended) await reserve(other, 'other', 1).then((one) => other.settle(one, 0));
          return target.submitTransaction(...given);
        };
      },
    });
    const waits: number[] = [];
    const budget = createTableBudget({
      ...shared,
      table: contended,
      sleep: async (waitMs) => {
        waits.push(waitMs);
      },
    });
    const held = await reserve(budget, 'held', CENT);
    isContended = true;
    const reserving = budget.reserve({ analysisId: 'a', attempt: 0, microUsd: CENT });
    await expect(reserving).rejects.toMatchObject({
      cause: new Error("The budget's sums kept changing while a reserved, 50 times."),
    });
    await expect(budget.settle(held, 4_000)).rejects.toMatchObject({
      cause: new Error("The budget's sums kept changing while held settled, 50 times."),
    });
    expect(waits).toEqual(Array.from({ length: 100 }, () => 50));
    isContended = false;
    await budget.settle(held, 4_000);
    expect(await budget.view()).toMatchObject({ day: { spentMicroUsd: 4_000, reservedMicroUsd: 0 } });
  });
});
