/** Days and months as a budget counts them: in UTC, like every time of Argus. */

export type BudgetPeriod = 'day' | 'month';

/** The limit of each period, micro-USD; absent: no limit. */
export type BudgetLimits = Readonly<Partial<Record<BudgetPeriod, number>>>;

/** `2026-11`, `day-23` and `month` at noon of 23 November 2026: the partition of a month, and its rows. */
export function budgetKeys(nowMs: number): { readonly partitionKey: string } & Readonly<Record<BudgetPeriod, string>> {
  const date = new Date(nowMs).toISOString();
  return { partitionKey: date.slice(0, 7), day: `day-${date.slice(8, 10)}`, month: 'month' };
}

/** When the period ends and its budget resets; epoch milliseconds. */
export function renewalOf(period: BudgetPeriod, nowMs: number): number {
  const date = new Date(nowMs);
  const [year, month, day] = [date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate()];
  return period === 'day' ? Date.UTC(year, month, day + 1) : Date.UTC(year, month + 1, 1);
}
