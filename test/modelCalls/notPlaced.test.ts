import { describe, expect, it } from 'vitest';
import { moneySoonMs, noMoney, refusedForNow } from '../../shared/modelCalls/notPlaced.ts';
import type { BudgetDenied } from '../../shared/money/budget.ts';
import type { Signal } from '../../shared/signals/signals.ts';
import { StorageRefused } from '../../shared/storage/storageRefused.ts';
import { START_MS } from '../pool/deployments.ts';

const DENIED = { period: 'day', limitMicroUsd: 10_000_000, microUsd: 50_000 } as const;
const reached = (filledBy: 'reservations' | 'spending', isNews = false): BudgetDenied => {
  return { ...DENIED, kind: 'reached', filledBy, leftMicroUsd: 0, roomAtMs: START_MS, isNews };
};

describe('refusedForNow', () => {
  it('looks again at a storage that refuses after a minute', () => {
    const refusal = new StorageRefused('container', 'The container is being deleted.');
    expect(refusedForNow(refusal, START_MS)).toEqual({
      ...{ kind: 'notPlaced', cause: { waitingFor: 'outage' }, startsAtMs: START_MS + 60_000 },
      ...{ detail: 'The container is being deleted.', refusal },
    });
  });
});

describe('moneySoonMs', () => {
  it('is when other calls leave room, where that is in time', () => {
    expect(moneySoonMs(reached('reservations'), START_MS)).toBe(START_MS);
    expect(moneySoonMs(reached('reservations'), START_MS - 1)).toBeUndefined();
    expect(moneySoonMs(reached('spending'), START_MS)).toBeUndefined();
    expect(moneySoonMs({ ...DENIED, kind: 'never' }, START_MS)).toBeUndefined();
  });
});

describe('noMoney', () => {
  it('waits for the budget, and says so once in a period', () => {
    const signals: Signal[] = [];
    const parts = { signal: (signal: Signal) => signals.push(signal) };
    const wait = { kind: 'notPlaced', cause: { waitingFor: 'budget', needsMicroUsd: 50_000 }, startsAtMs: START_MS };
    expect(noMoney(reached('spending'), parts)).toMatchObject(wait);
    expect(signals).toEqual([]);
    expect(noMoney(reached('spending', true), parts)).toMatchObject(wait);
    expect(signals).toMatchObject([{ event: 'budget.reached', facts: { period: 'day' } }]);
  });

  it('gives up a call that is larger than the whole budget', () => {
    const parts = { signal: () => undefined };
    expect(() => noMoney({ ...DENIED, kind: 'never' }, parts)).toThrow('more than the whole daily budget of $10.');
  });
});
