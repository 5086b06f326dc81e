import { describe, expect, it } from 'vitest';
import { book } from '../../shared/pool/book.ts';
import type { Booking, Need } from '../../shared/pool/ledger.ts';
import type { Outcome } from '../../shared/pool/outcome.ts';
import { type PoolState, poolStateOf } from '../../shared/pool/poolState.ts';
import { settle } from '../../shared/pool/settle.ts';
import { answered, need, START_MS, seedDeployment, seedPool, throttled } from './deployments.ts';

const idle = poolStateOf(seedPool.slice(0, 1), { httpShare: 0.2 });

function booked(pool: PoolState, wanted: Partial<Need>, nowMs: number): { pool: PoolState; booking: Booking } {
  const { placement, state } = book(pool, need({ caller: 'http', ...wanted }), nowMs);
  if (placement.kind !== 'booked') throw new Error(`Expected a booking, got ${JSON.stringify(placement)}.`);
  return { pool: state, booking: placement.booking };
}

/** A request of 2,000 tokens on an idle deployment of 10,000 has just been refused with this. */
function refusedBy(outcome: Outcome): PoolState {
  const { pool, booking } = booked(idle, { admissionTokens: 2_000 }, START_MS);
  return settle(pool, booking, { outcome, tookMs: 0, nowMs: START_MS }).state;
}

describe('a 429 of a quota that somebody else has filled', () => {
  const full = { waitMs: 9_000, hints: { remainingTokens: 0, limitTokens: 10_000 } };

  it('is followed by one request as large as soon as the hint is over, or some seconds later, and not by many', () => {
    const pool = refusedBy(throttled(full));
    const early = book(pool, need({ caller: 'http', admissionTokens: 2_000 }), START_MS + 8_900);
    expect(early.placement).toMatchObject({ kind: 'wait', expectedStartMs: START_MS + 9_000 });
    for (const lateMs of [0, 1_500, 3_000]) {
      const nowMs = START_MS + 9_000 + lateMs;
      const probe = booked(pool, { admissionTokens: 2_000 }, nowMs);
      const { placement } = book(probe.pool, need({ caller: 'http', admissionTokens: 5_000 }), nowMs);
      expect(placement.kind === 'wait' && placement.expectedStartMs).toBeGreaterThan(START_MS + 60_000);
    }
  });

  it('lets all start again that the answer to that one says is free', () => {
    const probe = booked(refusedBy(throttled(full)), { admissionTokens: 2_000 }, START_MS + 9_000);
    const outcome = answered({ remainingTokens: 7_000, limitTokens: 10_000 });
    const told = settle(probe.pool, probe.booking, { outcome, tookMs: 1_000, nowMs: START_MS + 10_000 }).state;
    const next = booked(told, { admissionTokens: 2_000 }, START_MS + 11_000);
    expect(next.booking.startMs).toBe(START_MS + 11_000);
  });

  it('keeps off what is full for the whole minute where no time was told', () => {
    const pool = refusedBy(throttled({ hints: full.hints }));
    const { placement } = book(pool, need({ caller: 'http', admissionTokens: 2_000 }), START_MS + 30_000);
    expect(placement).toMatchObject({ kind: 'wait', expectedStartMs: START_MS + 60_200 });
  });

  it('keeps to the minute where the time is told as a day', () => {
    const pool = refusedBy(throttled({ ...full, waitMs: 86_400_000 }));
    expect(booked(pool, { admissionTokens: 2_000 }, START_MS + 60_200).booking.startMs).toBe(START_MS + 60_200);
  });

  it('lets one try at the next request that a second holds, where the hint is over before it', () => {
    // 18 requests a minute: one a second. The service counted the first request a moment late, and the second is 150 ms early.
    const small = seedDeployment('westus', { tokensPerMinute: 3_000, requestsPerMinute: 18 });
    const wanted = { caller: 'backlog', admissionTokens: 1_630 } as const;
    const hints = { remainingTokens: 1_370, limitTokens: 3_000 };
    const first = booked(poolStateOf([small], { httpShare: 0.2 }), wanted, START_MS);
    const told = settle(first.pool, first.booking, {
      outcome: answered(hints),
      tookMs: 200,
      nowMs: START_MS + 200,
    }).state;
    const early = booked(told, wanted, START_MS + 60_200);
    const outcome = throttled({ waitMs: 150, hints });
    const refused = settle(early.pool, early.booking, { outcome, tookMs: 8, nowMs: START_MS + 60_208 }).state;
    expect(booked(refused, wanted, START_MS + 61_400).booking.startMs).toBe(START_MS + 61_400);
  });
});
