import { describe, expect, it } from 'vitest';
import type { BudgetView } from '../../shared/money/budget.ts';
import { releaseAffordable } from '../../shared/money/releaseAffordable.ts';
import type { WaitingRecord } from '../../shared/records/analysisRecord.ts';
import { NOON_MS, recordWith } from '../support/sampleRecords.ts';

const period = (limitMicroUsd: number, spentMicroUsd: number, reservedMicroUsd = 0) => ({
  limitMicroUsd,
  spentMicroUsd,
  reservedMicroUsd,
  renewsAtMs: NOON_MS,
});

/** Of calls that need so much, in the order in which they came, those that wait for quota from now on. */
function calledOf(needs: readonly number[], budget: BudgetView): readonly number[] {
  const poor = (needsMicroUsd: number, order: number): WaitingRecord =>
    recordWith('waiting', { id: String(order), createdAtMs: NOON_MS + order, waitingFor: 'budget', needsMicroUsd });
  const waiting = needs.map(poor).toReversed();
  return releaseAffordable(waiting, budget)
    .filter((record) => record.status === 'waiting' && record.waitingFor === 'quota')
    .map(({ id }) => needs[Number(id)] ?? 0)
    .toReversed();
}

describe('releaseAffordable', () => {
  it('reaches as far as what is neither spent nor set aside, the oldest first', () => {
    expect(calledOf([10, 11, 12, 13], { day: period(100, 50, 20) })).toEqual([10, 11]);
    expect(calledOf([10, 11, 12, 13], { day: period(100, 100) })).toEqual([]);
    expect(calledOf([10, 11], { day: period(100, 70, 9) })).toEqual([10, 11]);
    expect(calledOf([10, 11], { day: period(100, 70, 10) })).toEqual([10]);
  });

  it('passes over what there is no room for', () => {
    expect(calledOf([40, 10, 11], { day: period(100, 75) })).toEqual([10, 11]);
  });

  it('keeps to both periods, and has room for all where no budget is kept any more', () => {
    expect(calledOf([10, 11], { day: period(100, 0), month: period(100, 85) })).toEqual([10]);
    expect(calledOf([10, 11], {})).toEqual([10, 11]);
  });

  it('leaves alone what waits for an outage', () => {
    const records = [recordWith('waiting', { waitingFor: 'outage' }), recordWith('queued')];
    expect(releaseAffordable(records, {})).toEqual(records);
  });
});
