import { describe, expect, it } from 'vitest';
import { book } from '../../shared/pool/book.ts';
import type { Booking, DeploymentView, Need } from '../../shared/pool/ledger.ts';
import type { Outcome } from '../../shared/pool/outcome.ts';
import { type PoolState, poolStateOf } from '../../shared/pool/poolState.ts';
import { settle } from '../../shared/pool/settle.ts';
import { viewOf } from '../../shared/pool/viewOf.ts';
import {
  ambiguous,
  answered,
  filtered,
  learnedPool,
  need,
  refused,
  START_MS,
  seedDeployment,
  seedPool,
  throttled,
} from './deployments.ts';

const idle = poolStateOf(seedPool.slice(0, 1), { httpShare: 0.2 });

function bookOn(pool: PoolState, wanted: Partial<Need>, nowMs = START_MS): { pool: PoolState; booking: Booking } {
  const { placement, state } = book(pool, need({ caller: 'http', ...wanted }), nowMs);
  if (placement.kind !== 'booked') throw new Error(`Expected a booking, got ${placement.kind}.`);
  return { pool: state, booking: placement.booking };
}

/** The pool and its view after one request of 1,000 tokens that took a second. */
function ended(outcome: Outcome, given = idle): { pool: PoolState; view: DeploymentView; signals: readonly string[] } {
  const { pool, booking } = bookOn(given, { admissionTokens: 1_000 });
  const nowMs = START_MS + 1_000;
  const { state, signals } = settle(pool, booking, { outcome, tookMs: 1_000, nowMs });
  const [view] = viewOf(state, nowMs);
  if (view === undefined) throw new Error('Expected a view of one deployment.');
  return { pool: state, view, signals: signals.map(({ detail }) => detail) };
}

describe('settle', () => {
  const name = seedPool[0]?.name;

  it.each([
    { name: 'an answer', outcome: answered(), tokens: 1_500, requests: 1 },
    { name: 'a content filter', outcome: filtered, tokens: 1_500, requests: 1 },
    { name: 'an ambiguous end', outcome: ambiguous('timeout'), tokens: 1_500, requests: 1 },
    { name: 'a bad request', outcome: refused('bad-request', 400), tokens: 1_500, requests: 1 },
    { name: 'a 429 of capacity', outcome: throttled({ over: 'capacity' }), tokens: 0, requests: 1 },
    { name: 'a 401', outcome: refused('unauthorized', 401), tokens: 0, requests: 1 },
    { name: 'a 404', outcome: refused('not-found', 404), tokens: 0, requests: 1 },
    { name: 'a refused connection', outcome: refused('unreachable'), tokens: 0, requests: 0 },
    { name: 'a failed token', outcome: refused('no-token'), tokens: 0, requests: 0 },
    { name: 'a stop before sending', outcome: refused('aborted'), tokens: 0, requests: 0 },
  ])('keeps $tokens tokens and $requests request booked after $name', ({ outcome, tokens, requests }) => {
    const charges = ended(outcome).pool.states[0]?.charges ?? [];
    expect(charges.reduce((sum, charge) => sum + charge.tokens, 0)).toBe(tokens);
    expect(charges.reduce((sum, charge) => sum + charge.requests, 0)).toBe(requests);
  });

  it.each([
    { name: 'counts that have moved', pool: learnedPool(seedPool.slice(0, 1)), remainingTokens: 8_500, booked: 1_500 },
    { name: 'counts that have moved', pool: learnedPool(seedPool.slice(0, 1)), remainingTokens: 4_000, booked: 6_000 },
    { name: 'a first count', pool: idle, remainingTokens: 8_500, booked: 1_000 },
    { name: 'a first count', pool: idle, remainingTokens: 0, booked: 1_000 },
  ])('books $booked by $name that leaves $remainingTokens of 10,000', ({ pool, remainingTokens, booked }) => {
    const { view } = ended(answered({ remainingTokens, limitTokens: 10_000 }), pool);
    expect(view.bookedTokens).toBe(booked);
  });

  it.each([
    { over: 'quota', waitMs: 7_000, leftAloneMs: 7_000 },
    { over: 'quota', waitMs: 0, leftAloneMs: 250 },
    { over: 'quota', waitMs: -5, leftAloneMs: 250 },
    { over: 'quota', waitMs: 86_400_000, leftAloneMs: 60_000 },
    { over: 'quota', waitMs: null, leftAloneMs: 5_000 },
    { over: 'quota', waitMs: Number.NaN, leftAloneMs: 5_000 },
    { over: 'unknown', waitMs: 86_400_000, leftAloneMs: 60_000 },
    { over: 'capacity', waitMs: null, leftAloneMs: 10_000 },
    { over: 'capacity', waitMs: 120_000, leftAloneMs: 120_000 },
    { over: 'capacity', waitMs: 86_400_000, leftAloneMs: 300_000 },
  ] as const)('leaves a deployment alone for $leftAloneMs ms after a 429 of $over that says $waitMs', (row) => {
    const { pool, view, signals } = ended(throttled({ over: row.over, waitMs: row.waitMs }));
    expect(pool.states[0]?.blockedUntilMs).toBe(START_MS + 1_000 + row.leftAloneMs);
    expect(view.throttled).toBe(1);
    const over = { quota: 'its quota', capacity: 'its capacity', unknown: 'a limit' }[row.over];
    const ms = row.leftAloneMs.toLocaleString('en');
    expect(signals).toEqual([`${name} refused a request over ${over}; it is left alone for ${ms} ms.`]);
  });

  it('doubles an unhinted wait with every 429 in a row, and begins anew after an answer', () => {
    let pool = idle;
    let nowMs = START_MS;
    const waitAfter = (outcome: Outcome): number => {
      nowMs = Math.max(nowMs + 70_000, pool.states[0]?.blockedUntilMs ?? 0);
      const step = bookOn(pool, { admissionTokens: 100 }, nowMs);
      pool = settle(step.pool, step.booking, { outcome, tookMs: 0, nowMs }).state;
      return Math.max(0, (pool.states[0]?.blockedUntilMs ?? 0) - nowMs);
    };
    const waits = Array.from({ length: 6 }, () => waitAfter(throttled()));
    expect(waits).toEqual([5_000, 10_000, 20_000, 40_000, 60_000, 60_000]);
    expect(waitAfter(answered())).toBe(0);
    expect(waitAfter(throttled())).toBe(5_000);
  });

  it('counts a request that left late from when it left', () => {
    const { pool, booking } = bookOn(idle, { admissionTokens: 10_000 });
    const nowMs = START_MS + 6_000;
    const { state } = settle(pool, booking, { outcome: answered(), tookMs: 1_000, nowMs });
    const { placement } = book(state, need({ caller: 'http', admissionTokens: 10_000 }), nowMs);
    expect(placement).toMatchObject({ kind: 'wait', expectedStartMs: START_MS + 5_000 + 60_200 });
  });

  it('follows a lowered limit until the service tells the full one again', () => {
    const lowered = ended(
      answered({ remainingTokens: 3_500, limitTokens: 5_000 }),
      learnedPool([seedDeployment('westus')]),
    ).pool;
    expect(lowered.states[0]?.lowered).toMatchObject({ tokensPerMinute: 5_000 });
    const { pool, booking } = bookOn(lowered, { admissionTokens: 100 }, START_MS + 2_000);
    const told = answered({ remainingTokens: 9_000, limitTokens: 10_000 });
    const { state } = settle(pool, booking, { outcome: told, tookMs: 10, nowMs: START_MS + 2_500 });
    expect(state.states[0]?.lowered).toBeNull();
  });

  it.each([
    {
      name: 'an answer whose counts have never moved',
      outcome: answered({ remainingTokens: 3_500, limitTokens: 5_000 }),
    },
    { name: 'a lack of capacity', outcome: throttled({ over: 'capacity', hints: { limitTokens: 5_000 } }) },
    { name: 'a limit that is no count', outcome: throttled({ hints: { limitTokens: Number.NaN } }) },
    { name: 'a limit of 0', outcome: throttled({ hints: { limitTokens: 0 } }) },
  ])('takes no lowered limit from $name', ({ outcome }) => {
    expect(ended(outcome).pool.states[0]?.lowered).toBeNull();
  });

  it('takes a lowered limit from a 429 of the quota', () => {
    const outcome = throttled({ hints: { limitTokens: 5_000 } });
    expect(ended(outcome).pool.states[0]?.lowered).toMatchObject({ tokensPerMinute: 5_000 });
  });

  it('names the circuit that opened, why and until when', () => {
    expect(ended(refused('forbidden', 403)).signals).toEqual([
      `${name} answers 403: It said forbidden; it is asked again from 2026-11-23T12:01:01.000Z on.`,
      `${name} answers 403: It said forbidden; it is asked again from 2026-11-23T12:01:01.000Z on.`,
    ]);
    expect(ended(ambiguous('timeout')).signals).toEqual([
      `${name} may have worked on a request without a usable answer (timeout).`,
    ]);
    expect(ended(answered()).signals).toEqual([]);
  });

  it('ignores a deployment that has left the pool, and learns from a booking that it no longer holds', () => {
    const { pool, booking } = bookOn(idle, { admissionTokens: 1_000 });
    const ending = { outcome: answered(), tookMs: 10, nowMs: START_MS + 10 };
    const elsewhere = { ...booking, deployment: { ...booking.deployment, name: 'gone' } };
    expect(settle(pool, elsewhere, ending)).toEqual({ state: pool, signals: [] });
    const late = settle(pool, { ...booking, id: 'forgotten' }, ending).state;
    expect(viewOf(late, START_MS + 10)[0]?.answered).toBe(1);
  });
});
