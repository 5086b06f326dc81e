import { expect, it } from 'vitest';
import type { PoolSignal } from '../../shared/pool/ledger.ts';
import { createMemoryLedger } from '../../shared/pool/memoryLedger.ts';
import { describeLedger } from '../contracts/ledger.ts';
import { need, START_MS, seedPool } from './deployments.ts';

describeLedger('createMemoryLedger', async (deployments, clock) => {
  const signals: PoolSignal[] = [];
  const ledger = createMemoryLedger(deployments, {
    httpShare: 0.2,
    now: () => clock.nowMs,
    random: () => 0,
    signal: (signal) => signals.push(signal),
  });
  return { ledger, signals };
});

it('tells HTTP callers that are to come back at one moment times up to a second apart', async () => {
  const ledger = createMemoryLedger(seedPool.slice(0, 1), {
    httpShare: 0.2,
    now: () => START_MS,
    random: () => 0.5,
    signal: () => undefined,
  });
  await ledger.book(need({ admissionTokens: 10_000, caller: 'http' }));
  const told = await ledger.book(need({ caller: 'http', latestStartMs: START_MS }));
  expect(told).toEqual({ kind: 'later', expectedStartMs: START_MS + 60_200 + 500 });
});
