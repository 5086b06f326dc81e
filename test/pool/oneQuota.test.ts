import { describe, expect, it } from 'vitest';
import { book } from '../../shared/pool/book.ts';
import type { Charge } from '../../shared/pool/charge.ts';
import { jointCharges } from '../../shared/pool/jointCharges.ts';
import { localShareOf, withLocalWork } from '../../shared/pool/localShare.ts';
import type { Outcome } from '../../shared/pool/outcome.ts';
import type { DeploymentState, PoolState } from '../../shared/pool/poolState.ts';
import { countedWith } from '../../shared/pool/quotaScope.ts';
import { settle } from '../../shared/pool/settle.ts';
import { viewOf } from '../../shared/pool/viewOf.ts';
import { answered, learnedPool, need, refused, START_MS, seedDeployment, throttled } from './deployments.ts';

const GLOBAL = { sku: 'GlobalStandard' };
/** Two members of 10,000 and 30,000 tokens a minute: their quota is at least 40,000. */
const small = seedDeployment('westus', GLOBAL);
const large = seedDeployment('swedencentral', { ...GLOBAL, tokensPerMinute: 30_000, requestsPerMinute: 180 });
const young = learnedPool([small, large]);
/** After enough answers that a count which the charges do not explain is others' use. */
const pair: PoolState = {
  ...young,
  states: young.states.map((state) => ({
    ...state,
    factor: { ...state.factor, ratios: Array.from({ length: 20 }, () => 1) },
  })),
};

function bookOn(pool: PoolState, name: string, admissionTokens: number, nowMs = START_MS) {
  const { placement, state } = book(
    pool,
    need({ caller: 'http', admissionTokens, deploymentName: name, createdMs: nowMs }),
    nowMs,
  );
  if (placement.kind !== 'booked') throw new Error(`Expected a booking, got ${placement.kind}.`);
  return { pool: state, booking: placement.booking };
}

/** The pool after requests, each on a deployment and ended as it says, half a second apart. */
function played(
  given: PoolState,
  ...requests: readonly (readonly [name: string, tokens: number, outcome: Outcome])[]
): PoolState {
  return requests.reduce((pool, [name, tokens, outcome], place) => {
    const nowMs = START_MS + place * 1_000;
    const sent = bookOn(pool, name, tokens, nowMs);
    return settle(sent.pool, sent.booking, { outcome, tookMs: 500, nowMs: nowMs + 500 }).state;
  }, given);
}

function sumsOf(pool: PoolState): readonly { readonly own: number; readonly others: number }[] {
  const sum = (charges: readonly Charge[]): number => charges.reduce((total, { tokens }) => total + tokens, 0);
  return pool.states.map(({ charges }) => ({
    own: sum(charges.filter(({ caller }) => caller !== 'other')),
    others: sum(charges.filter(({ caller }) => caller === 'other')),
  }));
}

describe('countedWith', () => {
  const states = (...overrides: readonly object[]): readonly Pick<DeploymentState, 'deployment'>[] => [
    { deployment: small },
    ...overrides.map((one, index) => ({
      deployment: seedDeployment(`region${index}`, { ...GLOBAL, tokensPerMinute: 30_000, ...one }),
    })),
  ];

  it.each([
    { name: 'the sum of the members', limitTokens: 40_000, others: [{}], regions: ['region0'] },
    { name: 'more than the sum', limitTokens: 1_000_000, others: [{}, {}], regions: ['region0', 'region1'] },
    { name: "the deployment's own", limitTokens: 10_000, others: [{}], regions: [] },
    { name: 'less than the sum', limitTokens: 39_999, others: [{}], regions: [] },
    { name: 'no limit', limitTokens: undefined, others: [{}], regions: [] },
    { name: 'no number', limitTokens: Number.NaN, others: [{}], regions: [] },
    { name: 'the sum, in another scope', limitTokens: 40_000, others: [{ sku: 'DataZoneStandard' }], regions: [] },
    { name: 'the sum, in another subscription', limitTokens: 40_000, others: [{ subscription: 'lab' }], regions: [] },
  ])('by $name: $regions', ({ limitTokens, others, regions }) => {
    const given = states(...others);
    const members = countedWith(given[0] ?? { deployment: small }, given, limitTokens);
    expect(members.map(({ deployment }) => deployment.region)).toEqual(regions);
  });
});

describe('an answer that tells of a shared quota', () => {
  const told = (remainingTokens: number, limitTokens = 40_000): Outcome => answered({ remainingTokens, limitTokens });

  it.each([
    { name: "takes the members' charges for our own", counted: [6_000, 8_000], others: [0, 0] },
    { name: 'puts down the rest to each member by its quota', counted: [6_000, 12_000], others: [1_000, 3_000] },
    { name: 'puts nothing down where less was counted', counted: [6_000, 7_900], others: [0, 0] },
  ])('$name', ({ counted: [first = 0, second = 0], others }) => {
    const pool = played(pair, [large.name, 6_000, told(40_000 - first)], [small.name, 2_000, told(40_000 - second)]);
    expect(sumsOf(pool).map((one) => one.others)).toEqual(others);
  });

  it('leaves to others what the limit is above the sum', () => {
    const use = (counted: number): PoolState =>
      played(pair, [large.name, 6_000, told(94_000, 100_000)], [small.name, 2_000, told(100_000 - counted, 100_000)]);
    expect(sumsOf(use(68_000)).map((one) => one.others)).toEqual([0, 0]);
    expect(sumsOf(use(72_000)).map((one) => one.others)).toEqual([1_000, 3_000]);
  });

  it('replaces what is put down to all members with the next count, whichever answers', () => {
    const pool = played(
      pair,
      [large.name, 6_000, told(34_000)],
      [small.name, 2_000, told(28_000)],
      [large.name, 4_000, told(27_600)],
    );
    expect(sumsOf(pool)).toEqual([
      { own: 2_000, others: 100 },
      { own: 10_000, others: 300 },
    ]);
  });

  it('learns what one request was charged from the counts of two members', () => {
    const pool = played(young, [large.name, 6_000, told(34_000)], [small.name, 2_000, told(31_600)]);
    expect(pool.states[0]?.factor.ratios.at(-1)).toBe(1.2);
    expect(sumsOf(pool)[0]).toEqual({ own: 2_400, others: 0 });
  });

  it('compares no count with those from before the quota was shared', () => {
    const before = played(pair, [large.name, 6_000, answered({ remainingTokens: 24_000, limitTokens: 30_000 })]);
    const sent = bookOn(before, large.name, 3_000, START_MS + 1_000);
    const ending = { outcome: told(10_000), tookMs: 500, nowMs: START_MS + 1_500 };
    const moved = settle(sent.pool, sent.booking, ending).state;
    expect(moved.states[1]?.charges.map(({ countedTokens }) => countedTokens)).toEqual([null, null]);
    expect(sumsOf(moved)).toEqual([
      { own: 0, others: 0 },
      { own: 9_000, others: 0 },
    ]);
  });
});

describe('a 429 of a shared quota', () => {
  const full = { remainingTokens: 1_000, limitTokens: 40_000 };
  const END_MS = START_MS + 500;
  const ended = (outcome: Outcome): PoolState => played(pair, [small.name, 2_000, outcome]);

  it.each([
    { name: 'the hinted time', outcome: throttled({ waitMs: 7_000, hints: full }), small: 7_000, large: 7_000 },
    { name: 'a minute at most', outcome: throttled({ waitMs: 90_000, hints: full }), small: 60_000, large: 60_000 },
    {
      name: 'the hinted time, without a remainder',
      outcome: throttled({ waitMs: 7_000, hints: { limitTokens: 40_000 } }),
      small: 7_000,
      large: 7_000,
    },
    {
      name: 'its own limit alone',
      outcome: throttled({ waitMs: 7_000, hints: { remainingTokens: 0, limitTokens: 10_000 } }),
      small: 7_000,
      large: null,
    },
    {
      name: "a region's lack of capacity alone",
      outcome: throttled({ waitMs: 7_000, over: 'capacity', hints: full }),
      small: 7_000,
      large: null,
    },
    { name: 'a refusal of another kind', outcome: refused('not-found', 404), small: null, large: null },
  ])('leaves the members alone: $name', (row) => {
    const until = (ms: number | null): number => (ms === null ? 0 : END_MS + ms);
    expect(ended(row.outcome).states.map(({ blockedUntilMs }) => blockedUntilMs)).toEqual([
      until(row.small),
      until(row.large),
    ]);
  });

  it('shows in the view of each member from when it is free, and counts for the one that answered', () => {
    const views = viewOf(ended(throttled({ waitMs: 7_000, hints: full })), END_MS);
    expect(views.map(({ freeFromMs }) => freeFromMs >= END_MS + 7_000)).toEqual([true, true]);
    expect(views.map(({ throttled: count }) => count)).toEqual([1, 0]);
    const alone = viewOf(ended(throttled({ waitMs: 7_000, hints: { ...full, limitTokens: 10_000 } })), END_MS);
    expect(alone.map(({ freeFromMs }) => freeFromMs === END_MS)).toEqual([false, true]);
  });

  it('shortens no longer wait of a member', () => {
    const waiting = played(pair, [large.name, 1_000, throttled({ waitMs: 30_000 })]);
    const sent = bookOn(waiting, small.name, 2_000, START_MS + 1_000);
    const outcome = throttled({ waitMs: 7_000, hints: full });
    const { state } = settle(sent.pool, sent.booking, { outcome, tookMs: 500, nowMs: START_MS + 1_500 });
    expect(state.states.map(({ blockedUntilMs }) => blockedUntilMs)).toEqual([START_MS + 8_500, START_MS + 30_500]);
  });

  it('puts down what others use to each member by its quota', () => {
    const pool = played(pair, [large.name, 7_000, answered()], [small.name, 2_000, throttled({ hints: full })]);
    // 39,000 were counted, of which 7,000 are ours.
    expect(sumsOf(pool)).toEqual([
      { own: 0, others: 8_000 },
      { own: 7_000, others: 24_000 },
    ]);
  });

  it('holds for the members too when the shared state is back', () => {
    const began = localShareOf(pair, 0.1);
    const sent = bookOn(began, small.name, 500);
    const outcome = throttled({ waitMs: 7_000, hints: full });
    const { state } = settle(sent.pool, sent.booking, { outcome, tookMs: 0, nowMs: START_MS });
    const back = withLocalWork(pair, { began, pool: state, startedIds: new Set([sent.booking.id]) });
    expect(back.states.map(({ blockedUntilMs }) => blockedUntilMs)).toEqual([START_MS + 7_000, START_MS + 7_000]);
  });
});

describe('jointCharges', () => {
  const counts = { caller: 'http', tokens: 1_000, admissionTokens: 1_000, requests: 1, isExact: false } as const;
  const booked = (bucket: number, id: string): Charge => ({ ...counts, bucket, id, countedTokens: null });
  const counted = (bucket: number, countedTokens: number): Charge => ({ ...counts, bucket, id: null, countedTokens });
  const stateWith = (index: number, charges: readonly Charge[], limitTokens = 40_000): DeploymentState => {
    const state = pair.states[index];
    if (state === undefined) throw new Error(`There is no state ${index}.`);
    return { ...state, charges, limitTokens };
  };

  it('is a list in order of time, with the counts of one limit, and comes apart as it was', () => {
    const own = stateWith(0, [counted(10, 1_000), booked(30, 'sent')]);
    const other = stateWith(1, [counted(20, 2_000)]);
    const old = stateWith(1, [counted(20, 2_000)], 30_000);
    const joint = jointCharges(own, [other], 40_000);
    expect(joint.charges.map(({ bucket, countedTokens }) => [bucket, countedTokens])).toEqual([
      [10, 1_000],
      [20, 2_000],
      [30, null],
    ]);
    expect(joint.charges.findIndex(({ id }) => id === joint.idOf('sent'))).toBe(2);
    expect(joint.apart(joint.charges)).toEqual([own, other]);
    const mixed = jointCharges(own, [old], 40_000);
    expect(mixed.charges[1]?.countedTokens).toBeNull();
    expect(mixed.apart(mixed.charges)).toEqual([own, old]);
  });

  it("takes over what is known of a member's charge, and not what is only booked", () => {
    const own = stateWith(0, []);
    const other = stateWith(1, [counted(20, 2_000), booked(21, 'under way')]);
    const joint = jointCharges(own, [other], 40_000);
    const [, after] = joint.apart(joint.charges.map((one) => ({ ...one, tokens: 1_300 })));
    expect(after?.charges.map(({ tokens }) => tokens)).toEqual([1_300, 1_000]);
  });

  it('is the list of a deployment alone where it shares none', () => {
    const own = stateWith(0, [booked(10, 'sent')]);
    const { charges, idOf, apart } = jointCharges(own, [], 10_000);
    expect([charges, idOf('sent'), apart(charges)]).toEqual([own.charges, 'sent', [own]]);
  });
});
