import type { PendingRecord, WaitingRecord } from '../records/analysisRecord.ts';
import { waitingForQuota } from '../records/analysisSteps.ts';
import type { BudgetView } from './budget.ts';

/**
 * Moves records that wait for the budget to waiting for quota, oldest first, as far as the money reaches. Their
 * estimated start is the budget's reset, but a raised limit or a cheap call makes room earlier.
 */
export function releaseAffordable(pending: readonly PendingRecord[], budget: BudgetView): readonly PendingRecord[] {
  let leftMicroUsd = Math.min(
    ...Object.values(budget).map(
      ({ limitMicroUsd, spentMicroUsd, reservedMicroUsd }) => limitMicroUsd - spentMicroUsd - reservedMicroUsd,
    ),
  );
  const released = new Map<string, WaitingRecord>();
  for (const record of pending.toSorted((left, right) => left.createdAtMs - right.createdAtMs)) {
    if (record.status !== 'waiting' || record.waitingFor !== 'budget' || record.needsMicroUsd > leftMicroUsd) continue;
    released.set(record.id, waitingForQuota(record, record.startsAtMs));
    leftMicroUsd -= record.needsMicroUsd;
  }
  return pending.map((record) => released.get(record.id) ?? record);
}
