import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { boundedState } from '../../shared/pool/boundedState.ts';
import { bucketOf } from '../../shared/pool/buckets.ts';
import type { Charge } from '../../shared/pool/charge.ts';
import { tokensUpTo } from '../../shared/pool/charges.ts';
import type { Caller } from '../../shared/pool/ledger.ts';
import { othersCharge } from '../../shared/pool/othersUse.ts';
import { type PoolState, poolStateOf, type Waiting } from '../../shared/pool/poolState.ts';
import { START_MS, seedPool } from './deployments.ts';

const idle = poolStateOf(seedPool.slice(0, 1), { httpShare: 0.2 });
const nowBucket = bucketOf(START_MS);

function withCharges(charges: readonly Charge[]): PoolState {
  return { ...idle, states: idle.states.map((state) => ({ ...state, charges })) };
}

function chargesOf(pool: PoolState): readonly Charge[] {
  return pool.states[0]?.charges ?? [];
}

interface Drawn {
  readonly id?: string;
  readonly caller?: Caller;
  readonly bucket: number;
  readonly tokens?: number;
  readonly isExact?: boolean;
  readonly countedTokens?: number | null;
}

function charge(drawn: Drawn): Charge {
  const { id = 'a', caller = 'backlog', bucket, tokens = 100, isExact = false, countedTokens = null } = drawn;
  return { id, caller, bucket, tokens, admissionTokens: tokens, requests: 1, isExact, countedTokens };
}

function waiting(index: number, overrides: Partial<Waiting> = {}): Waiting {
  const at = { createdMs: index, startMs: START_MS, fromMs: START_MS, keptUntilMs: START_MS };
  const who = { analysisId: `a${index}`, deploymentName: null, caller: 'backlog' } as const;
  return { ...who, admissionTokens: 100, ...at, ...overrides };
}

/** More than are told one by one, over two minutes, some of them known. */
const manyCharges = fc
  .array(
    fc.record({
      bucket: fc.integer({ min: nowBucket - 1_200, max: nowBucket }),
      tokens: fc.integer({ min: 0, max: 5_000 }),
      caller: fc.constantFrom('http', 'backlog', 'other'),
      isExact: fc.boolean(),
      countedTokens: fc.option(fc.integer({ min: 0, max: 100_000 })),
    }),
    { minLength: 1_001, maxLength: 1_200 },
  )
  .map((drawn) =>
    drawn
      .toSorted((left, right) => left.bucket - right.bucket)
      .map(({ caller, ...each }, index) =>
        caller === 'other' ? othersCharge(each.bucket, each.tokens) : charge({ ...each, caller, id: `${index}` }),
      ),
  );

describe('boundedState', () => {
  it('is the same value while nothing is too long', () => {
    const pool = withCharges(Array.from({ length: 1_000 }, () => charge({ isExact: true, bucket: nowBucket - 600 })));
    expect(boundedState(pool, START_MS)).toBe(pool);
  });

  it('forgets no token and no request, keeps the order, and counts none for a shorter time', () => {
    fc.assert(
      fc.property(manyCharges, fc.integer({ min: 0, max: 700 }), (charges, ahead) => {
        const bounded = chargesOf(boundedState(withCharges(charges), START_MS));
        const sum = (of: readonly Charge[], weigh: (one: Charge) => number): number =>
          of.reduce((total, one) => total + weigh(one), 0);
        for (const weigh of [(one: Charge) => one.tokens, (one: Charge) => one.requests]) {
          expect(sum(bounded, weigh)).toBe(sum(charges, weigh));
        }
        expect(bounded).toEqual(bounded.toSorted((left, right) => left.bucket - right.bucket));
        expect(tokensUpTo(bounded, nowBucket + ahead)).toBeGreaterThanOrEqual(tokensUpTo(charges, nowBucket + ahead));
      }),
      { numRuns: 50 },
    );
  });

  it('leaves apart what the next answers are compared with, what others use, and what is on its way', () => {
    const apart = [
      othersCharge(nowBucket - 500, 100),
      charge({ id: 'on its way', bucket: nowBucket - 200 }),
      charge({ id: 'recent', bucket: nowBucket - 99, countedTokens: 5_000 }),
    ];
    const old = Array.from({ length: 1_000 }, () => charge({ bucket: nowBucket - 700, isExact: true }));
    const bounded = chargesOf(boundedState(withCharges([...old, ...apart]), START_MS));
    expect(bounded).toHaveLength(4);
    expect(bounded[0]).toMatchObject({ tokens: 100_000, requests: 1_000 });
    expect(bounded.slice(1)).toEqual(apart);
  });

  it('leaves a booking that is added up to no ending, which would change the others of its second', () => {
    const old = Array.from({ length: 1_001 }, (_, index) => charge({ id: `${index}`, bucket: nowBucket - 700 }));
    expect(chargesOf(boundedState(withCharges(old), START_MS)).map(({ id }) => id)).toEqual([null]);
  });

  it('keeps the first 2,000 places of the backlog, and those of HTTP callers', () => {
    const line = Array.from({ length: 2_500 }, (_, index) =>
      waiting(index, index === 2_400 ? { caller: 'http', analysisId: 'caller' } : {}),
    );
    const bounded = boundedState({ ...idle, line }, START_MS).line;
    expect(bounded).toHaveLength(2_001);
    expect(bounded.at(-1)?.analysisId).toBe('caller');
    expect(bounded.at(-2)?.analysisId).toBe('a1999');
  });
});
