import { bucketOf } from './buckets.ts';
import type { Charge, OwnCharge } from './charge.ts';
import type { PoolState, Waiting } from './poolState.ts';

/** More charges of one deployment than this are told by the second; a quota of 600,000 tokens a minute has about so many. */
const MOST_CHARGES = 1_000;
/** So many places in line are kept; who stands behind them has its time to come back at, and is placed anew then. */
const MOST_PLACES = 2_000;

const BUCKETS_OF_A_SECOND = 10;
/** The newest answers are compared with each other, so what they tell of stays apart. */
const RECENT_BUCKETS = 10 * BUCKETS_OF_A_SECOND;
/** By now nearly every request has ended, and none is known better later. */
const SETTLED_BUCKETS = 30 * BUCKETS_OF_A_SECOND;

/**
 * The pool's state, small enough to be written down whole with each step however large the quotas are. Charges that are
 * known, or have been for half a minute, are added up by the second, at its last one: they count no shorter than they
 * would. The same value where nothing is too long.
 */
export function boundedState(pool: PoolState, nowMs: number): PoolState {
  const isLong = pool.states.some(({ charges }) => charges.length > MOST_CHARGES);
  if (!isLong && pool.line.length <= MOST_PLACES) return pool;
  const states = pool.states.map((state) =>
    state.charges.length > MOST_CHARGES ? { ...state, charges: bySecond(state.charges, bucketOf(nowMs)) } : state,
  );
  return { ...pool, states, line: firstPlaces(pool.line) };
}

function bySecond(charges: readonly Charge[], nowBucket: number): readonly Charge[] {
  const kept: Charge[] = [];
  const open = new Map<Charge['caller'], number>();
  for (const charge of charges) {
    if (charge.caller === 'other' || !mayBeAdded(charge, nowBucket)) {
      kept.push(charge);
      continue;
    }
    const index = open.get(charge.caller);
    const sum = index === undefined ? undefined : kept[index];
    if (index !== undefined && sum !== undefined && secondOf(sum) === secondOf(charge))
      kept[index] = added(sum, charge);
    else {
      open.set(charge.caller, kept.length);
      kept.push({ ...charge, id: null, isExact: true, countedTokens: null });
    }
  }
  return kept.toSorted((left, right) => left.bucket - right.bucket);
}

function mayBeAdded(charge: Charge, nowBucket: number): boolean {
  const isKnown = charge.isExact || charge.countedTokens !== null;
  return charge.bucket <= nowBucket - (isKnown ? RECENT_BUCKETS : SETTLED_BUCKETS);
}

function secondOf(charge: Charge): number {
  return Math.floor(charge.bucket / BUCKETS_OF_A_SECOND);
}

function added(sum: Charge, charge: OwnCharge): Charge {
  return {
    ...charge,
    id: null,
    tokens: sum.tokens + charge.tokens,
    admissionTokens: sum.admissionTokens + charge.admissionTokens,
    requests: sum.requests + charge.requests,
    isExact: true,
    countedTokens: null,
  };
}

function firstPlaces(line: readonly Waiting[]): readonly Waiting[] {
  let left = MOST_PLACES;
  return line.length <= MOST_PLACES ? line : line.filter(({ caller }) => caller === 'http' || left-- > 0);
}
