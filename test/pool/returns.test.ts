import { describe, expect, it } from 'vitest';
import { book } from '../../shared/pool/book.ts';
import { noReturns, type PoolState, type Waiting } from '../../shared/pool/poolState.ts';
import { expectedToCome, isAbsent, withReturns } from '../../shared/pool/returns.ts';
import { stateOfText, textOfState } from '../../shared/pool/stateText.ts';
import { learnedPool, need, START_MS, seedPool } from './deployments.ts';

const absent = (order: number, more: Partial<Waiting> = {}): Waiting => ({
  analysisId: `absent-${order}`,
  deploymentName: null,
  caller: 'http',
  admissionTokens: 2_000,
  createdMs: START_MS + order,
  startMs: START_MS + 60_000,
  fromMs: START_MS + 60_000,
  keptUntilMs: START_MS + 90_000,
  ...more,
});

/** A pool whose minute is full for the next forty seconds. */
function fullPool(): PoolState {
  let pool = learnedPool(seedPool);
  for (let call = 0; call < 4; call++) {
    pool = book(
      pool,
      need({ admissionTokens: 9_500, caller: 'http', latestStartMs: START_MS }),
      START_MS - 20_000,
    ).state;
  }
  return { ...pool, line: [] };
}

const toldMs = (pool: PoolState, nowMs = START_MS): number => {
  const { placement } = book(pool, need({ caller: 'http', createdMs: nowMs, latestStartMs: nowMs }), nowMs);
  if (placement.kind !== 'later') throw new Error(`It is ${placement.kind}.`);
  return placement.expectedStartMs - nowMs;
};

const abandoned = (pool: PoolState, count: number): PoolState =>
  Array.from({ length: count }).reduce<PoolState>(
    (state) => book(state, need({ caller: 'http', keepsPlace: true, latestStartMs: START_MS }), START_MS).state,
    pool,
  );

describe('abandoned places of HTTP callers', () => {
  it('lengthen the wait of nobody else: 300 of them leave 40 s at 40 s', () => {
    const alone = toldMs(fullPool());
    expect(alone).toBe(40_200);
    const flooded = abandoned(fullPool(), 300);
    expect(toldMs(flooded)).toBe(alone);
  });

  it('hold no room five seconds after their start, and their order for thirty', () => {
    const flooded = abandoned(fullPool(), 300);
    const atMs = START_MS + 46_500;
    expect(book(flooded, need({ caller: 'http', createdMs: atMs }), atMs).placement.kind).toBe('booked');
    expect(book(flooded, need(), START_MS + 200_000).state.returns).toEqual({ came: 0, lapsed: 40 });
  });
});

describe('the places of callers that come back', () => {
  it('count once callers have come back: whoever comes then is told a later time', () => {
    const waiting = abandoned(fullPool(), 10);
    const learned = { ...waiting, returns: { came: 38, lapsed: 0 } };
    expect(toldMs(learned)).toBeGreaterThanOrEqual(toldMs(waiting));
    expect(
      expectedToCome(
        Array.from({ length: 20 }, (_, order) => absent(order)),
        learned.returns,
      ),
    ).toHaveLength(20);
  });

  it.each([
    ['none yet', noReturns, 0],
    ['one only', { came: 1, lapsed: 0 }, 0],
    ['half', { came: 19, lapsed: 19 }, 5],
    ['all', { came: 38, lapsed: 0 }, 10],
    ['hardly any', { came: 1, lapsed: 37 }, 0],
  ])('are counted as often as callers came back: %s', (_, returns, count) => {
    expect(
      expectedToCome(
        Array.from({ length: 10 }, (__, order) => absent(order)),
        returns,
      ),
    ).toHaveLength(count);
  });

  it('always count where the caller waits, or is work of the backlog', () => {
    const here = absent(1, { fromMs: START_MS });
    const backlog = absent(2, { caller: 'backlog' });
    expect([here, backlog].map(isAbsent)).toEqual([false, false]);
    expect(expectedToCome([here, absent(3), backlog], noReturns)).toEqual([here, backlog]);
  });

  it('are learned from each that comes back, and the newest forty count', () => {
    const mine = need({ caller: 'http', keepsPlace: true, latestStartMs: START_MS });
    const away = book(fullPool(), mine, START_MS);
    const told = away.placement.kind === 'later' ? away.placement.expectedStartMs : 0;
    const back = book(away.state, { ...mine, createdMs: told }, told);
    expect(back.placement.kind).toBe('booked');
    expect(back.state.returns).toEqual({ came: 1, lapsed: 0 });
    expect(withReturns(back.state, { lapsed: 79 }).returns).toEqual({ came: 0.5, lapsed: 39.5 });
  });

  it('are kept with the state, and are unknown in what an earlier version wrote', () => {
    const pool = { ...fullPool(), returns: { came: 3, lapsed: 1.5 } };
    const text = textOfState(pool);
    const readOf = (from: string): unknown => {
      const read = stateOfText(from, seedPool, { httpShare: 0.2 });
      return read.kind === 'read' && read.pool.returns;
    };
    expect(readOf(text)).toEqual(pool.returns);
    expect(readOf(JSON.stringify({ ...JSON.parse(text), returns: undefined }))).toEqual(noReturns);
  });
});
