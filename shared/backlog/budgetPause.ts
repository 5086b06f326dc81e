import { type BudgetView, budgetSentence } from '../money/budget.ts';
import { type BudgetPeriod, renewalOf } from '../money/budgetPeriods.ts';
import type { PendingRecord, WaitingRecord } from '../records/analysisRecord.ts';
import type { WaitingWork } from './expectedDone.ts';

/** How the budget delays waiting work. */
export interface BudgetPause {
  /** Why nothing that waits can start; absent while something can. */
  readonly reason?: string;
  /** When the budget will have money for all of it; epoch milliseconds. */
  readonly notDoneBeforeMs: number;
}

/**
 * Whether all waiting work waits for a spent budget, and how many resets its cost needs: 300 USD of work at 100 USD a
 * day are done no sooner than the day after tomorrow.
 */
export function budgetPauseOf(waiting: WaitingWork, budget: BudgetView, nowMs: number): BudgetPause {
  const { count, records } = waiting;
  const needs = records.map(needOf);
  const leastMicroUsd = Math.min(...needs);
  const expectedMicroUsd = (sum(records.map(costOf)) * count) / Math.max(1, records.length);
  const isAllPoor = records.length > 0 && records.every(isPoor);
  let notDoneBeforeMs = nowMs;
  let reason: string | undefined;
  for (const [period, sums] of Object.entries(budget) as [BudgetPeriod, BudgetView[BudgetPeriod] & object][]) {
    const { limitMicroUsd, spentMicroUsd, reservedMicroUsd, renewsAtMs } = sums;
    const leftMicroUsd = Math.max(0, limitMicroUsd - spentMicroUsd - reservedMicroUsd);
    const renewals = Math.ceil(Math.max(0, expectedMicroUsd - leftMicroUsd) / limitMicroUsd);
    notDoneBeforeMs = Math.max(notDoneBeforeMs, startOfPeriod(period, nowMs, renewals));
    if (!isAllPoor || spentMicroUsd + leastMicroUsd <= limitMicroUsd) continue;
    const denied = { kind: 'reached', filledBy: 'spending', isNews: false, period, limitMicroUsd } as const;
    // The month comes after the day, and lasts longer.
    reason = budgetSentence({ ...denied, microUsd: leastMicroUsd, leftMicroUsd, roomAtMs: renewsAtMs });
  }
  return { ...(reason === undefined ? {} : { reason: `All that waits, waits for money. ${reason}` }), notDoneBeforeMs };
}

/** The start of the period after this many resets; 0: now. */
function startOfPeriod(period: BudgetPeriod, nowMs: number, renewals: number): number {
  let atMs = nowMs;
  for (let renewal = 0; renewal < Math.min(renewals, MOST_RENEWALS); renewal++) atMs = renewalOf(period, atMs);
  return atMs;
}

/** Ten years of days: no exact date beyond that. */
const MOST_RENEWALS = 3_650;

function isPoor(record: PendingRecord): record is Extract<WaitingRecord, { waitingFor: 'budget' }> {
  return record.status === 'waiting' && record.waitingFor === 'budget';
}

function needOf(record: PendingRecord): number {
  return isPoor(record) ? record.needsMicroUsd : costOf(record);
}

function costOf(record: PendingRecord): number {
  return record.estimate?.microUsd ?? (isPoor(record) ? record.needsMicroUsd : 0);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
