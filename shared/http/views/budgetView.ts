import type { BudgetView } from '../../money/budget.ts';
import { usdOf } from '../../records/analysisView.ts';

/** What is spent and set aside in each period that has a limit, in USD; undefined where none has. */
export function budgetView(view: BudgetView): Readonly<Record<string, unknown>> | undefined {
  const periods = Object.entries(view).map(([period, sums]) => {
    const { limitMicroUsd, spentMicroUsd, reservedMicroUsd, renewsAtMs } = sums;
    const money = {
      limitUsd: usdOf(limitMicroUsd),
      spentUsd: usdOf(spentMicroUsd),
      reservedUsd: usdOf(reservedMicroUsd),
    };
    return [period, { ...money, renewsAt: new Date(renewsAtMs).toISOString() }] as const;
  });
  return periods.length === 0 ? undefined : Object.fromEntries(periods);
}
