import type { PendingRecord, WaitingRecord } from '../records/analysisRecord.ts';
import { waitingForQuota } from '../records/analysisSteps.ts';
import type { BudgetView } from './budget.ts';

/**
 * The same records, where those that wait for money which is there by now wait for quota instead: the oldest first, as far
 * as the money reaches. The time they were told is the budget's renewal; a limit that was raised, or a call that cost less
 * than was set aside for it, makes room before.
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
