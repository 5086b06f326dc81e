import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { book } from '../../shared/pool/book.ts';
import type { Booking } from '../../shared/pool/ledger.ts';
import type { LimitHints } from '../../shared/pool/outcome.ts';
import { type PoolState, poolStateOf } from '../../shared/pool/poolState.ts';
import { settle } from '../../shared/pool/settle.ts';
import { viewOf } from '../../shared/pool/viewOf.ts';
import { answered, need, START_MS, seedDeployment, throttled } from './deployments.ts';

const QUOTA = 60_000;
const only = seedDeployment('westus', { tokensPerMinute: QUOTA, requestsPerMinute: 360 });

/** What the service says after each answer: `count` numbers the answers, `usedTokens` is what it really has in its minute. */
type Headers = (count: number, usedTokens: number) => LimitHints;

interface Played {
  readonly starts: readonly { readonly atMs: number; readonly tokens: number }[];
  readonly pool: PoolState;
}

interface Traffic {
  readonly headers: Headers;
  readonly sizes?: readonly number[];
  readonly minutes?: number;
  /** A start is wanted this often; absent: always. */
  readonly everyMs?: number;
  readonly chargesTimes?: number;
}

/** Minutes of a deployment that answers every request after two seconds and never sends a 429. */
function play(traffic: Traffic): Played {
  const { headers, sizes = [2_000], minutes = 8, everyMs = 0, chargesTimes = 1 } = traffic;
  const endMs = START_MS + minutes * 60_000;
  let pool = poolStateOf([only], { httpShare: 0 });
  const starts: { readonly atMs: number; readonly tokens: number }[] = [];
  let unanswered: { readonly booking: Booking; readonly hints: LimitHints }[] = [];
  let nowMs = START_MS;
  let asked = need({ admissionTokens: sizes[0] ?? 0, createdMs: nowMs });
  while (nowMs < endMs) {
    const due = unanswered.filter(({ booking }) => booking.startMs + 2_000 <= nowMs);
    unanswered = unanswered.filter((one) => !due.includes(one));
    for (const { booking, hints } of due)
      pool = settle(pool, booking, { outcome: answered(hints), tookMs: 2_000, nowMs: booking.startMs + 2_000 }).state;
    const { placement, state } = book(pool, asked, nowMs);
    pool = state;
    if (placement.kind === 'booked') {
      starts.push({ atMs: nowMs, tokens: asked.admissionTokens });
      const used = starts.filter(({ atMs }) => atMs > nowMs - 60_000).reduce((sum, { tokens }) => sum + tokens, 0);
      unanswered.push({ booking: placement.booking, hints: headers(starts.length, used * chargesTimes) });
      nowMs += everyMs;
      asked = need({ admissionTokens: sizes[starts.length % sizes.length] ?? 0, createdMs: nowMs });
      continue;
    }
    const nextMs = placement.kind === 'wait' ? placement.askAgainMs : nowMs + 500;
    const answerMs = Math.min(...unanswered.map(({ booking }) => booking.startMs + 2_000));
    nowMs = Math.max(nowMs + 1, Math.min(nextMs, answerMs));
  }
  return { starts, pool };
}

/** The fullest 60 s of a run, and the emptiest whole minute after the first two. */
function minutesOf({ starts }: Played, minutes = 8): { readonly fullest: number; readonly emptiest: number } {
  const tokensFrom = (fromMs: number): number =>
    starts.filter(({ atMs }) => atMs >= fromMs && atMs < fromMs + 60_000).reduce((sum, { tokens }) => sum + tokens, 0);
  const whole = Array.from({ length: minutes - 2 }, (_, minute) => tokensFrom(START_MS + (minute + 2) * 60_000));
  return { fullest: Math.max(...starts.map(({ atMs }) => tokensFrom(atMs))), emptiest: Math.min(...whole) };
}

/** A number below the range for each answer, the same in every run (the finalizer of MurmurHash3). */
function randomly(count: number, range: number, seed = 0): number {
  let hash = Math.imul(count + 1_000 * seed, 0x9e3779b1);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) % range;
}

const LIES: readonly (readonly [string, Headers])[] = [
  ['are absent', () => ({})],
  ['are -1', () => ({ remainingTokens: -1, limitTokens: -1 })],
  ['are NaN', () => ({ remainingTokens: Number.NaN, limitTokens: Number.NaN })],
  ['are stuck near the limit', () => ({ remainingTokens: QUOTA - 1_000, limitTokens: QUOTA })],
  ['are stuck in the middle', () => ({ remainingTokens: 20_000, limitTokens: QUOTA })],
  ['are stuck at 0', () => ({ remainingTokens: 0, limitTokens: QUOTA })],
  ['are stuck at the limit', () => ({ remainingTokens: QUOTA, limitTokens: QUOTA })],
  ['are stuck while the limit rises', (count) => ({ remainingTokens: 20_000, limitTokens: QUOTA + 500 * count })],
  [
    'are stuck while the limit falls',
    (count) => ({ remainingTokens: 5_000, limitTokens: QUOTA - 100 * (count % 500) }),
  ],
  ['are larger than the limit', () => ({ remainingTokens: 10 * QUOTA, limitTokens: QUOTA })],
  ['have no limit, and more remaining than the quota', () => ({ remainingTokens: 10 * QUOTA })],
  ...Array.from({ length: 8 }, (_, seed): readonly [string, Headers] => [
    `jump at random, run ${seed + 1}`,
    (count) => ({ remainingTokens: randomly(count, QUOTA, seed), limitTokens: QUOTA }),
  ]),
  ['jump at random by little', (count) => ({ remainingTokens: 20_000 + randomly(count, 6_000), limitTokens: QUOTA })],
  ['stand still for ten answers at a time', (count) => ({ remainingTokens: randomly(Math.floor(count / 10), QUOTA) })],
  ['only ever fall', (count) => ({ remainingTokens: Math.max(0, QUOTA - 37 * count), limitTokens: QUOTA })],
  ['alternate between empty and full', (count) => ({ remainingTokens: count % 2 === 0 ? 0 : QUOTA - 1 })],
  ['count requests and not tokens', (count) => ({ remainingTokens: QUOTA - (count % 360), limitTokens: QUOTA })],
  ['name a limit of a sixtieth, and stand still', () => ({ remainingTokens: 1_000, limitTokens: 1_000 })],
  ['name a limit of 1', () => ({ remainingTokens: 0, limitTokens: 1 })],
  ['name four times the quota, and stand still', () => ({ remainingTokens: 200_000, limitTokens: 4 * QUOTA })],
  ['name another limit each time', (count) => ({ remainingTokens: 500, limitTokens: 501 + randomly(count, QUOTA) })],
];

const SIZES = [
  ['of one size', [2_000]],
  ['of several sizes', [1_200, 3_000, 1_700, 2_300, 1_800]],
] as const;

describe.each(LIES)('headers that %s', (_, headers) => {
  it.each(SIZES)('change nothing for requests %s: what the quota holds by the documented rule', (_name, sizes) => {
    const { fullest, emptiest } = minutesOf(play({ headers, sizes }));
    expect(fullest).toBeLessThanOrEqual(QUOTA);
    expect(emptiest).toBeGreaterThanOrEqual(0.9 * QUOTA);
  });

  it('never teach less than the documented rule, nor hold anything back, while little is asked', () => {
    const { starts, pool } = play({ headers, everyMs: 25_000, minutes: 20 });
    expect(viewOf(pool, START_MS)[0]?.admissionFactor).toBeGreaterThanOrEqual(1);
    // 48 fit into the time; the wait for an answer of another minute would show as fewer.
    expect(starts.length).toBe(48);
  });
});

describe('headers that', () => {
  const truth: Headers = (_, used) => ({
    remainingTokens: QUOTA - Math.min(QUOTA, Math.round(used)),
    limitTokens: QUOTA,
  });
  const sizes = SIZES[1][1];

  it.each([0.3, 0.5, 3])('move with what is charged teach a factor of %s', (chargesTimes) => {
    const { pool } = play({ headers: truth, sizes, chargesTimes, everyMs: 3_000 });
    expect(viewOf(pool, START_MS)[0]?.admissionFactor).toBeCloseTo(chargesTimes, 1);
  });

  it.each([
    ['100,000 of 600,000', 600_000, 100_000, QUOTA],
    ['40,000 of 120,000', 120_000, 40_000, QUOTA],
    ['90,000 of 120,000', 120_000, 90_000, 30_000],
    ['540,000 of 600,000', 600_000, 540_000, QUOTA],
  ])('name a larger limit, of which others use %s, leave this pool its quota as far as there is room', (...row) => {
    const [, limitTokens, others, room] = row;
    const headers: Headers = (_, used) => ({ remainingTokens: limitTokens - others - Math.round(used), limitTokens });
    const { fullest, emptiest } = minutesOf(play({ headers, sizes }));
    expect(fullest).toBeLessThanOrEqual(room);
    expect(emptiest).toBeGreaterThanOrEqual(0.8 * room);
  });

  it('moved and then stand at 0 do not hold the deployment back for longer than some minutes', () => {
    const headers: Headers = (count, used) =>
      count < 40 ? truth(count, used) : { remainingTokens: 0, limitTokens: QUOTA };
    const { starts } = play({ headers, sizes, minutes: 14 });
    const last = starts.filter(({ atMs }) => atMs >= START_MS + 10 * 60_000);
    expect(last.reduce((sum, { tokens }) => sum + tokens, 0)).toBeGreaterThanOrEqual(0.9 * 4 * QUOTA);
  });

  it('moved by less than is charged by the rule, and then stand still, let in what the rule lets in', () => {
    const headers: Headers = (count, used) =>
      count < 60 ? truth(count, used * 0.3) : { remainingTokens: 30_000, limitTokens: QUOTA };
    const { starts } = play({ headers, sizes, minutes: 10 });
    const lastMinute = starts.filter(({ atMs }) => atMs >= START_MS + 9 * 60_000);
    expect(lastMinute.reduce((sum, { tokens }) => sum + tokens, 0)).toBeLessThanOrEqual(QUOTA);
  });

  it('taught a factor below 1 are forgotten with a 429 of the quota', () => {
    const { pool } = play({ headers: truth, sizes, chargesTimes: 0.3, everyMs: 3_000 });
    const nowMs = START_MS + 10 * 60_000;
    const { placement, state } = book(pool, need({ createdMs: nowMs }), nowMs);
    if (placement.kind !== 'booked') throw new Error(`Expected a booking, got ${placement.kind}.`);
    const factorAfter = (outcome: ReturnType<typeof throttled>): number | undefined =>
      viewOf(settle(state, placement.booking, { outcome, tookMs: 10, nowMs }).state, nowMs)[0]?.admissionFactor;
    expect(factorAfter(throttled({ over: 'capacity' }))).toBeCloseTo(0.3, 1);
    expect(factorAfter(throttled({ over: 'quota' }))).toBe(1);
  });

  it('are any numbers never let in more than the quota holds, nor less than nine tenths of it, while they stand still', () => {
    const anyNumber = fc.oneof(fc.integer({ min: -2, max: 4 * QUOTA }), fc.double(), fc.constant(undefined));
    fc.assert(
      fc.property(
        anyNumber,
        anyNumber,
        fc.integer({ min: 1_000, max: 6_000 }),
        (remainingTokens, limitTokens, size) => {
          const hints = {
            ...(remainingTokens === undefined ? {} : { remainingTokens }),
            ...(limitTokens === undefined ? {} : { limitTokens }),
          };
          const { fullest, emptiest } = minutesOf(play({ headers: () => hints, sizes: [size], minutes: 5 }), 5);
          expect(fullest).toBeLessThanOrEqual(QUOTA);
          expect(emptiest).toBeGreaterThanOrEqual(0.9 * Math.floor(QUOTA / size) * size - size);
        },
      ),
      { numRuns: 25 },
    );
  });
});
