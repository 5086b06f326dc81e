import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { book } from '../../shared/pool/book.ts';
import type { Deployment } from '../../shared/pool/deployment.ts';
import type { Booking, Caller, Need } from '../../shared/pool/ledger.ts';
import { type PoolState, poolStateOf } from '../../shared/pool/poolState.ts';
import { release, settle } from '../../shared/pool/settle.ts';
import { answered, learnedPool, need, refused, START_MS, seedDeployment, seedPool, throttled } from './deployments.ts';
import { type Played, playOut } from './playOut.ts';

interface Wish {
  readonly tokens: number;
  readonly caller: Caller;
  readonly afterMs: number;
}

/** All wishes, each after the one before it, and whoever waits asking again until `forMs` after the last has come. */
function bookAll(pool: PoolState, wishes: readonly Wish[], forMs = 0): Played & { readonly endMs: number } {
  let atMs = START_MS;
  const asked = wishes.map(({ tokens, caller, afterMs }) => {
    atMs += afterMs;
    return { need: need({ admissionTokens: tokens, caller, createdMs: atMs }), atMs };
  });
  return { ...playOut(pool, asked, atMs + forMs), endMs: atMs };
}

const deploymentOf = (index: number, tokensPerMinute: number, requestsPerMinute: number): Deployment =>
  seedDeployment(`region${index}`, { tokensPerMinute, requestsPerMinute });

const deploymentsArbitrary = fc
  .array(fc.record({ thousands: fc.integer({ min: 1, max: 30 }), requests: fc.integer({ min: 1, max: 300 }) }), {
    minLength: 1,
    maxLength: 4,
  })
  .map((rows) => rows.map((row, index) => deploymentOf(index, row.thousands * 1_000, row.requests)));

const wishesArbitrary = fc.array(
  fc.record({
    tokens: fc.integer({ min: 1, max: 9_000 }),
    caller: fc.constantFrom<Caller>('http', 'backlog'),
    afterMs: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 20_000 })),
  }),
  { maxLength: 40 },
);

/** The service's own count, in exact milliseconds: what it admits in a span that begins at each request, or on the clock. */
function largestUse(
  sent: readonly Booking[],
  spanMs: number,
  weigh: (booking: Booking) => number,
): { readonly sliding: number; readonly fixed: number } {
  let sliding = 0;
  const fixed = new Map<number, number>();
  for (const first of sent) {
    const within = sent.filter(({ startMs }) => startMs >= first.startMs && startMs < first.startMs + spanMs);
    sliding = Math.max(
      sliding,
      within.reduce((sum, booking) => sum + weigh(booking), 0),
    );
    const slot = Math.floor(first.startMs / spanMs);
    fixed.set(slot, (fixed.get(slot) ?? 0) + weigh(first));
  }
  return { sliding, fixed: Math.max(0, ...fixed.values()) };
}

function expectWithinLimits(deployments: readonly Deployment[], bookings: readonly Booking[]): void {
  for (const deployment of deployments) {
    const sent = bookings.filter((booking) => booking.deployment.name === deployment.name);
    const tokens = largestUse(sent, 60_000, (booking) => booking.bookedTokens);
    expect(tokens.sliding).toBeLessThanOrEqual(deployment.tokensPerMinute);
    expect(tokens.fixed).toBeLessThanOrEqual(deployment.tokensPerMinute);
    for (const spanMs of [1_000, 10_000, 60_000]) {
      const most = Math.max(1, Math.floor((deployment.requestsPerMinute * spanMs) / 60_000));
      const requests = largestUse(sent, spanMs, () => 1);
      expect(requests.sliding).toBeLessThanOrEqual(most);
      expect(requests.fixed).toBeLessThanOrEqual(most);
    }
  }
}

describe('book', () => {
  it('fills no minute and no request slice over its limit, sliding or on the clock', () => {
    fc.assert(
      fc.property(deploymentsArbitrary, wishesArbitrary, (deployments, wishes) => {
        expectWithinLimits(deployments, bookAll(learnedPool(deployments), wishes, 300_000).bookings);
      }),
      { numRuns: 60 },
    );
  });

  it('ignores no earlier start that fits', () => {
    fc.assert(
      fc.property(
        deploymentsArbitrary,
        wishesArbitrary,
        fc.integer({ min: 1, max: 9_000 }),
        (given, wishes, tokens) => {
          const { pool, bookings, endMs } = bookAll(learnedPool(given), wishes);
          const empty = { ...pool, line: [] };
          const { placement } = book(empty, need({ admissionTokens: tokens, caller: 'http' }), endMs);
          const best = Math.min(
            ...given.map((deployment) => firstFreeMs(deployment, bookings, { tokens, nowMs: endMs })),
          );
          if (placement.kind === 'never') expect(tokens).toBeGreaterThan(placement.largestMinuteTokens);
          else if (best <= endMs) expect(placement).toMatchObject({ booking: { startMs: best } });
          else expect(placement).toMatchObject({ kind: 'wait', expectedStartMs: best });
        },
      ),
      { numRuns: 60 },
    );
  });

  it('starts each of those that wait, and none twice', () => {
    fc.assert(
      fc.property(deploymentsArbitrary, wishesArbitrary, (deployments, wishes) => {
        const largest = Math.max(...deployments.map(({ tokensPerMinute }) => tokensPerMinute));
        const { pool, bookings } = bookAll(learnedPool(deployments), wishes, 3_600_000);
        const able = wishes.filter(({ tokens }) => tokens <= largest);
        expect(bookings).toHaveLength(able.length);
        expect(new Set(bookings.map(({ analysisId }) => analysisId)).size).toBe(able.length);
        expect(pool.line).toEqual([]);
      }),
      { numRuns: 40 },
    );
  });

  it('gives back all that was booked when all is released', () => {
    fc.assert(
      fc.property(deploymentsArbitrary, wishesArbitrary, (deployments, wishes) => {
        const { pool, bookings, endMs } = bookAll(learnedPool(deployments), wishes);
        const kept = pool.states.flatMap((state) => state.charges.map((charge) => charge.id)).sort();
        const ahead = bookings.filter((booking) => booking.startMs >= endMs - 60_000).map(({ id }) => id);
        expect(ahead.every((id) => kept.includes(id))).toBe(true);
        const free = bookings.reduce((state, booking) => release(state, booking, endMs), pool);
        expect(free.states.every((state) => state.charges.length === 0)).toBe(true);
      }),
      { numRuns: 60 },
    );
  });

  it('keeps its state small and plain, however long it runs', () => {
    let pool = learnedPool(seedPool);
    for (let minute = 0; minute < 500; minute += 1) {
      const nowMs = START_MS + minute * 61_000;
      for (let count = 0; count < 10; count += 1) {
        const { placement, state } = book(pool, need({ caller: 'http' }), nowMs + count * 1_000);
        if (placement.kind !== 'booked') throw new Error(`Expected a booking, got ${placement.kind}.`);
        pool = settle(state, placement.booking, {
          outcome: answered(),
          tookMs: 10,
          nowMs: nowMs + count * 1_000 + 10,
        }).state;
      }
    }
    expect(JSON.stringify(pool.states).length).toBeLessThan(20_000);
    expect(JSON.parse(JSON.stringify(pool))).toEqual(pool);
  });

  it('goes on from its own JSON as from itself', () => {
    const { pool, endMs } = bookAll(learnedPool(seedPool), [
      { tokens: 7_000, caller: 'http', afterMs: 0 },
      { tokens: 5_000, caller: 'backlog', afterMs: 300 },
    ]);
    const wanted = need({ admissionTokens: 6_000 });
    expect(book(JSON.parse(JSON.stringify(pool)), wanted, endMs)).toEqual(book(pool, wanted, endMs));
  });

  it('takes the soonest start first, then the lower priority number, then the largest free share, then the name', () => {
    const [a, b] = [deploymentOf(1, 20_000, 120), deploymentOf(2, 10_000, 60)];
    const provisioned = seedDeployment('provisioned', { priority: -1 });
    const nameOf = (pool: PoolState, wanted: Partial<Need> = {}): string => {
      const { placement } = book(pool, need({ caller: 'http', admissionTokens: 5_000, ...wanted }), START_MS);
      return placement.kind === 'booked' ? placement.booking.deployment.region : placement.kind;
    };
    expect(nameOf(learnedPool([b, a]))).toBe('region1');
    const { pool } = bookAll(learnedPool([a, b]), [{ tokens: 5_000, caller: 'http', afterMs: 0 }]);
    expect(nameOf(pool)).toBe('region2');
    expect(nameOf(learnedPool([a, provisioned]))).toBe('provisioned');
    const full = bookAll(learnedPool([a, provisioned]), [{ tokens: 9_000, caller: 'http', afterMs: 0 }]);
    expect(nameOf(full.pool)).toBe('region1');
  });

  it('takes an image of 765 tokens, a cap of 800 and its text at once on an idle deployment that it knows nothing of', () => {
    const { placement } = book(poolStateOf(seedPool, { httpShare: 0.2 }), need(), START_MS);
    expect(placement).toMatchObject({ kind: 'booked', booking: { startMs: START_MS, bookedTokens: 2_798 } });
  });

  it('keeps places for two minutes ahead, and tells those behind a time to come back at, in their order', () => {
    let pool = learnedPool(seedPool.slice(0, 1));
    const told: number[] = [];
    for (let count = 0; count < 60; count += 1) {
      const { placement, state } = book(
        pool,
        need({ admissionTokens: 4_000, latestStartMs: START_MS + 5_000 }),
        START_MS,
      );
      pool = state;
      if (placement.kind === 'later') told.push(placement.expectedStartMs);
    }
    expect(told).toHaveLength(58);
    expect(told).toEqual(told.toSorted((left, right) => left - right));
    expect(pool.line.length).toBeGreaterThan(2);
    expect(pool.line.every(({ startMs }) => startMs <= START_MS + 120_000)).toBe(true);
    const behind = told.slice(pool.line.length);
    expect(behind.every((atMs) => atMs > START_MS + 120_000)).toBe(true);
    expect(new Set(behind).size).toBe(behind.length);
  });

  it('lets nobody who is new pass those in line when a minute is free again, but does not let it go to waste', () => {
    const one = learnedPool(seedPool.slice(0, 1));
    const needs = Array.from({ length: 6 }, (_, place) =>
      need({ admissionTokens: 9_000, createdMs: START_MS + place, latestStartMs: START_MS + 5_000 }),
    );
    const told = needs.reduce((pool, each) => book(pool, each, START_MS + 10).state, one);
    const freeMs = START_MS + 60_300;
    const second = { ...(needs[1] ?? need()), latestStartMs: freeMs + 5_000 };
    const back = book(told, second, freeMs - 30_000);
    expect(back.placement.kind).toBe('wait');
    const newcomer = need({ admissionTokens: 9_000, createdMs: freeMs, latestStartMs: freeMs + 5_000 });
    expect(book(back.state, newcomer, freeMs).placement.kind).toBe('later');
    expect(book(back.state, second, freeMs).placement.kind).toBe('booked');
    expect(book({ ...back.state, line: [] }, newcomer, freeMs).placement.kind).toBe('booked');
  });

  it('gives whoever comes back its own place, even when it comes late', () => {
    const { pool } = bookAll(learnedPool(seedPool.slice(0, 1)), [{ tokens: 9_000, caller: 'http', afterMs: 0 }]);
    const mine = need({ admissionTokens: 9_000, caller: 'backlog', latestStartMs: START_MS + 5_000 });
    const away = book(pool, mine, START_MS);
    expect(away.placement).toMatchObject({ kind: 'later' });
    const newcomer = need({ admissionTokens: 9_000, createdMs: START_MS + 40_000 });
    const startsMs = START_MS + 60_200;
    const behind = book(away.state, newcomer, START_MS + 40_000);
    expect(behind.placement).toMatchObject({ kind: 'wait', expectedStartMs: startsMs + 60_200 });
    const back = book(behind.state, { ...mine, latestStartMs: startsMs }, START_MS + 45_000);
    expect(back.placement).toMatchObject({ kind: 'wait', expectedStartMs: startsMs });
    expect(book(back.state, newcomer, startsMs).placement).toMatchObject({ kind: 'wait' });
    expect(book(back.state, mine, startsMs).placement).toMatchObject({ kind: 'booked' });
  });

  it('gives a place to others when nobody came for it', () => {
    const { pool } = bookAll(learnedPool(seedPool.slice(0, 1)), [{ tokens: 9_000, caller: 'http', afterMs: 0 }]);
    const away = book(pool, need({ admissionTokens: 9_000, latestStartMs: START_MS + 5_000 }), START_MS);
    const newcomer = need({ admissionTokens: 9_000, createdMs: START_MS + 60_000 });
    expect(book(away.state, newcomer, START_MS + 100_000).placement).toMatchObject({ kind: 'booked' });
  });

  it('holds room for an HTTP caller that was told a time for five seconds, and its order for thirty, if it will be known again', () => {
    const { pool } = bookAll(learnedPool(seedPool.slice(0, 1)), [{ tokens: 9_000, caller: 'http', afterMs: 0 }]);
    const mine = need({ admissionTokens: 9_000, caller: 'http', latestStartMs: START_MS + 5_000 });
    const told = START_MS + 60_200;
    const other = need({ admissionTokens: 9_000, caller: 'http', createdMs: START_MS + 1_000 });
    for (const keepsPlace of [true, false]) {
      const away = book(pool, { ...mine, keepsPlace }, START_MS);
      expect(away.placement).toEqual({ kind: 'later', expectedStartMs: told });
      expect(book(away.state, other, told + 5_000).placement.kind).toBe(keepsPlace ? 'wait' : 'booked');
      expect(book(away.state, other, told + 5_001).placement.kind).toBe('booked');
      const again = { ...mine, keepsPlace, createdMs: told };
      expect(book(away.state, again, told).placement.kind).toBe('booked');
      const behind = book(away.state, { ...other, latestStartMs: told + 1_000 }, told - 100).state;
      expect(book(behind, again, told).placement.kind).toBe(keepsPlace ? 'booked' : 'later');
    }
  });

  it('lets a small one go before a large one where that delays it by nothing', () => {
    const { pool } = bookAll(learnedPool(seedPool.slice(0, 1)), [{ tokens: 6_000, caller: 'http', afterMs: 0 }]);
    const large = book(pool, need({ admissionTokens: 9_000, caller: 'http' }), START_MS);
    expect(large.placement).toMatchObject({ kind: 'wait', expectedStartMs: START_MS + 60_200 });
    const small = (tokens: number): string =>
      book(large.state, need({ admissionTokens: tokens, caller: 'http', createdMs: START_MS + 1 }), START_MS + 2_000)
        .placement.kind;
    expect(small(1_000)).toBe('booked');
    expect(small(1_001)).toBe('wait');
  });

  it('keeps a start for the first in line only: whoever fits beside it goes, before those who do not', () => {
    const { pool } = bookAll(learnedPool(seedPool.slice(0, 1)), [
      { tokens: 6_000, caller: 'http', afterMs: 0 },
      { tokens: 3_000, caller: 'http', afterMs: 10_000 },
    ]);
    const line = [5_000, 4_000].reduce(
      (state, admissionTokens, index) =>
        book(state, need({ admissionTokens, createdMs: START_MS + index }), START_MS + 12_000).state,
      pool,
    );
    const small = need({ admissionTokens: 1_000, createdMs: START_MS + 2 });
    expect(book(line, small, START_MS + 12_000).placement).toMatchObject({ kind: 'booked' });
  });

  describe('the HTTP share', () => {
    const one = learnedPool(seedPool.slice(0, 1));
    const backlogOf = (tokens: number, afterMs = 0): Wish => ({ tokens, caller: 'backlog', afterMs });

    it('keeps a fifth of the minute for HTTP callers while they ask', () => {
      const asked = { ...one, lastHttpMs: START_MS + 60_000 };
      const wishes = [backlogOf(4_000), backlogOf(4_000), backlogOf(2_000)];
      const { bookings } = bookAll(asked, wishes, 62_000);
      expect(bookings.map(({ startMs }) => startMs - START_MS)).toEqual([0, 1_200, 60_200]);
      const { pool } = bookAll(asked, wishes, 2_500);
      const { placement } = book(pool, need({ admissionTokens: 2_000, caller: 'http' }), START_MS + 2_500);
      expect(placement).toMatchObject({ kind: 'booked', booking: { startMs: START_MS + 2_500 } });
    });

    it('lends it to the backlog for the next five seconds once nobody has asked for a minute', () => {
      const wishes = [backlogOf(4_000), backlogOf(4_000), backlogOf(2_000), backlogOf(2_000)];
      const { bookings } = bookAll(one, wishes, 62_000);
      expect(bookings.map(({ startMs }) => startMs - START_MS)).toEqual([0, 1_200, 2_400, 60_200]);
    });

    it('lets a backlog request larger than the backlog part start in a minute without other backlog', () => {
      const asked = { ...one, lastHttpMs: START_MS + 60_000 };
      const { bookings } = bookAll(asked, [backlogOf(9_000), backlogOf(9_000)], 62_000);
      expect(bookings.map(({ startMs }) => startMs - START_MS)).toEqual([0, 60_200]);
    });

    it('starves no one: whoever asks again books in the end, however many HTTP callers come', () => {
      fc.assert(
        fc.property(fc.array(fc.integer({ min: 100, max: 6_000 }), { minLength: 5, maxLength: 20 }), (sizes) => {
          let pool = one;
          let nowMs = START_MS;
          const waits = need({ admissionTokens: 9_500, placeInLineMs: START_MS });
          for (let count = 0; count < 30; count += 1) {
            const asked = need({ admissionTokens: sizes[count % sizes.length] ?? 1_000, caller: 'http' });
            pool = book(pool, { ...asked, latestStartMs: nowMs + 30_000, createdMs: nowMs }, nowMs).state;
            const { placement, state } = book(pool, waits, nowMs);
            if (placement.kind === 'booked') return;
            pool = state;
            nowMs += 10_000;
          }
          throw new Error('It never got a start.');
        }),
        { numRuns: 30 },
      );
    });
  });

  it('takes exclusions back when nothing else is left', () => {
    const only = seedPool.slice(0, 1);
    const { placement } = book(learnedPool(only), need({ exclude: only.map(({ name }) => name) }), START_MS);
    expect(placement.kind).toBe('booked');
  });

  it('takes only the deployment that was named', () => {
    const placed = (wanted: Partial<Need>) => book(learnedPool(seedPool), need(wanted), START_MS).placement;
    expect(placed({ deploymentName: seedPool[2]?.name ?? '' })).toMatchObject({ booking: { deployment: seedPool[2] } });
    expect(placed({ deploymentName: 'another' })).toEqual({ kind: 'never', largestMinuteTokens: 0 });
    expect(placed({ admissionTokens: 10_001 })).toEqual({ kind: 'never', largestMinuteTokens: 10_000 });
  });

  it('books a whole minute for what fits by the documented rule but not by the learned factor', () => {
    const pool = learnedPool(seedPool.slice(0, 1));
    const heavy = {
      ...pool,
      states: pool.states.map((state) => ({ ...state, factor: { ratios: [3, 3, 3, 3], levels: [], answers: 20 } })),
    };
    const { placement } = book(heavy, need({ admissionTokens: 5_000 }), START_MS);
    expect(placement).toMatchObject({ booking: { bookedTokens: 10_000, startMs: START_MS } });
  });

  it('waits out a lowered limit only for what does not fit under it', () => {
    const pool = learnedPool(seedPool.slice(0, 1));
    const first = book(pool, need({ admissionTokens: 100 }), START_MS);
    if (first.placement.kind !== 'booked') throw new Error('Expected a booking.');
    const outcome = throttled({ waitMs: 1_000, hints: { limitTokens: 4_000, remainingTokens: 4_000 } });
    const { state } = settle(first.state, first.placement.booking, { outcome, tookMs: 0, nowMs: START_MS });
    const startOf = (tokens: number): number | undefined => {
      const { placement } = book(state, need({ admissionTokens: tokens }), START_MS + 1_000);
      return 'expectedStartMs' in placement ? placement.expectedStartMs - START_MS : undefined;
    };
    expect(startOf(3_000)).toBe(1_200);
    expect(startOf(4_001)).toBe(121_001);
  });

  it('reports an outage with every reason and the soonest end when all circuits are open', () => {
    let pool = learnedPool(seedPool.slice(0, 2));
    for (const [index, status] of [401, 403].entries()) {
      const step = book(pool, need({ exclude: index === 0 ? [] : [seedPool[0]?.name ?? ''] }), START_MS);
      if (step.placement.kind !== 'booked') throw new Error('Expected a booking.');
      const outcome = refused(status === 401 ? 'unauthorized' : 'forbidden', status);
      pool = settle(step.state, step.placement.booking, { outcome, tookMs: 0, nowMs: START_MS + index }).state;
    }
    expect(book(pool, need(), START_MS + 10).placement).toEqual({
      kind: 'outage',
      untilMs: START_MS + 60_000,
      reasons: [
        'gpt-4-vision-preview-australiaeast answers 401: It said unauthorized.',
        'gpt-4-vision-preview-swedencentral answers 403: It said forbidden.',
      ],
    });
  });
});

/** The first quarter second at which a request fits by the service's rules, found by trying each of them in turn. */
function firstFreeMs(
  deployment: Deployment,
  bookings: readonly Booking[],
  wanted: { readonly tokens: number; readonly nowMs: number },
): number {
  const bucketOf = (atMs: number): number => Math.floor(atMs / 100);
  const sent = bookings.filter((booking) => booking.deployment.name === deployment.name);
  const { tokensPerMinute, requestsPerMinute } = deployment;
  if (wanted.tokens > tokensPerMinute) return Infinity;
  for (let bucket = bucketOf(wanted.nowMs); bucket <= bucketOf(wanted.nowMs + 120_000); bucket += 1) {
    const fits = [60_000, 10_000, 1_000].every((spanMs) => {
      const span = spanMs / 100 + 2;
      const near = sent.filter((booking) => Math.abs(bucketOf(booking.startMs) - bucket) < span);
      const most = Math.max(1, Math.floor((requestsPerMinute * spanMs) / 60_000));
      for (let from = bucket - span + 1; from <= bucket; from += 1) {
        const inside = near.filter(({ startMs }) => bucketOf(startMs) >= from && bucketOf(startMs) < from + span);
        if (inside.length + 1 > most) return false;
        const tokens = inside.reduce((sum, booking) => sum + booking.bookedTokens, wanted.tokens);
        if (spanMs === 60_000 && tokens > tokensPerMinute) return false;
      }
      return true;
    });
    if (fits) return Math.max(wanted.nowMs, bucket * 100);
  }
  return Infinity;
}
