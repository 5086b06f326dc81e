import type { AnalysisRecord } from '../records/analysisRecord.ts';
import type { BudgetView } from './budget.ts';

/**
 * The same records, where those that wait for money which is there by now wait for quota instead: the oldest first, as far
 * as the money reaches. The time they were told is the budget's renewal; a limit that was raised, or a call that cost less
 * than was set aside for it, makes room before.
 */
export function releaseAffordable(waiting: readonly AnalysisRecord[], budget: BudgetView): readonly AnalysisRecord[] {
  let leftMicroUsd = Math.min(
    ...Object.values(budget).map(
      ({ limitMicroUsd, spentMicroUsd, reservedMicroUsd }) => limitMicroUsd - spentMicroUsd - reservedMicroUsd,
    ),
  );
  const affordable = new Set<string>();
  for (const record of waiting.toSorted((left, right) => left.createdAtMs - right.createdAtMs)) {
    const needsMicroUsd = record.needsMicroUsd ?? record.estimate?.microUsd ?? 0;
    if (record.waitingFor !== 'budget' || needsMicroUsd > leftMicroUsd) continue;
    affordable.add(record.id);
    leftMicroUsd -= needsMicroUsd;
  }
  return waiting.map((record) => (affordable.has(record.id) ? { ...record, waitingFor: 'quota' } : record));
}
