import type { TableClient } from '@azure/data-tables';
import { describe, expect, it } from 'vitest';
import { createTableBudget } from '../../shared/money/tableBudget.ts';
import { acquireLease, cancelled } from '../../shared/records/analysisSteps.ts';
import { type AnalysisStore, createAnalysisStore } from '../../shared/records/analysisStore.ts';
import { NOON_MS, queuedRecord, waitingRecord } from '../support/sampleRecords.ts';
import { useStorage } from '../support/storage.ts';

const storage = useStorage();

/** A table whose next write arrives, but whose answer does not: its client sends it again. */
async function losingTable(): Promise<{ readonly table: TableClient; readonly loseNext: () => void }> {
  let isLosing = false;
  const table = await storage.table({
    additionalPolicies: [
      {
        position: 'perRetry',
        policy: {
          name: 'loseAnAnswer',
          sendRequest: async (request, next) => {
            const response = await next(request);
            if (!isLosing || request.method === 'GET') return response;
            isLosing = false;
            throw Object.assign(new Error('socket hang up'), { name: 'RestError', code: 'ECONNRESET', request });
          },
        },
      },
    ],
  });
  return { table, loseNext: () => (isLosing = true) };
}

describe('a write whose answer is lost', () => {
  async function openStore(): Promise<{ readonly store: AnalysisStore; readonly loseNext: () => void }> {
    const { table, loseNext } = await losingTable();
    const store = createAnalysisStore({
      signal: () => undefined,
      analyses: table,
      byTime: await storage.table(),
      now: () => NOON_MS,
    });
    return { store, loseNext };
  }

  it("is recognised: a worker does not mistake its own lease for another's", async () => {
    const { store, loseNext } = await openStore();
    const terms = { holder: 'me', nowMs: NOON_MS, leaseMs: 30_000 };
    const leased = acquireLease(queuedRecord('a.png'), terms);
    if (leased.kind !== 'acquired') throw new Error('It is free.');
    loseNext();
    const kept = await store.insert(leased.record);
    expect(kept.kind).toBe('inserted');
    loseNext();
    const ended = await store.replace(kept.stored, cancelled(waitingRecord(leased.record), NOON_MS));
    expect(ended.kind).toBe('replaced');
    expect((await store.list({ status: 'cancelled', limit: 5 })).records).toHaveLength(1);
    expect((await store.open({ limit: 5 })).open).toEqual([]);
    expect((await store.insert({ ...leased.record, lease: { holder: 'you', untilMs: 1 } })).kind).toBe('exists');
  });

  it('reserves money once', async () => {
    const { table, loseNext } = await losingTable();
    let nowMs = NOON_MS;
    const budget = createTableBudget({
      signal: () => undefined,
      table,
      limits: { day: 1_000_000 },
      now: () => nowMs++,
      sleep: async () => undefined,
      random: () => 0,
    });
    loseNext();
    const end = await budget.reserve({ analysisId: 'a', attempt: 0, microUsd: 700 });
    if (end.kind !== 'reserved') throw new Error('There is enough.');
    expect(await budget.view()).toMatchObject({ day: { reservedMicroUsd: 700 } });
    loseNext();
    await budget.settle(end.reservation, 300);
    expect(await budget.view()).toMatchObject({ day: { spentMicroUsd: 300, reservedMicroUsd: 0 } });
    expect(await budget.olderThan(nowMs + 1)).toEqual([]);
  });
});
