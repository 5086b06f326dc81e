import { describe, expect, it } from 'vitest';
import type { PoolSignal } from '../../shared/pool/ledger.ts';
import { createMemoryLedger } from '../../shared/pool/memoryLedger.ts';
import { describeLedger } from '../contracts/ledger.ts';
import { need, refused, START_MS, seedPool } from './deployments.ts';

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

describe('the time that a caller is told', () => {
  const spread = (random = 0.5) =>
    createMemoryLedger(seedPool.slice(0, 1), {
      httpShare: 0.2,
      now: () => START_MS,
      random: () => random,
      signal: () => undefined,
    });

  it('differs by up to a second between HTTP callers that are to come back at one moment', async () => {
    const ledger = spread();
    await ledger.book(need({ admissionTokens: 10_000, caller: 'http' }));
    const told = await ledger.book(need({ caller: 'http', latestStartMs: START_MS }));
    expect(told).toEqual({ kind: 'later', expectedStartMs: START_MS + 60_200 + 500 });
  });

  it('is exact for a message, which has a place in line', async () => {
    const toldBy = async (random: number) => {
      const ledger = spread(random);
      await ledger.book(need({ admissionTokens: 8_000 }));
      return await ledger.book(need({ latestStartMs: START_MS }));
    };
    expect(await toldBy(0.5)).toMatchObject({ kind: 'later' });
    expect(await toldBy(0.5)).toEqual(await toldBy(0));
  });

  it.each([
    ['http', 500],
    ['backlog', 0],
  ] as const)('for a caller of kind %s is the end of an outage and %i ms', async (caller, spreadMs) => {
    const ledger = spread();
    const booked = await ledger.book(need());
    if (booked.kind !== 'booked') throw new Error(`Expected a booking, got ${booked.kind}.`);
    await ledger.settle(booked.booking, refused('unauthorized', 401), 5);
    expect(await ledger.book(need({ caller }))).toMatchObject({
      kind: 'outage',
      untilMs: START_MS + 60_000 + spreadMs,
    });
  });
});
