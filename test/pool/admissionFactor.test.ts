import { describe, expect, it } from 'vitest';
import {
  admissionFactor,
  bookingFactor,
  type FactorEvidence,
  spreadOf,
  unheardFactor,
  withAnswer,
  withRefusal,
} from '../../shared/pool/admissionFactor.ts';
import { book } from '../../shared/pool/book.ts';
import { STILL } from '../../shared/pool/countsMove.ts';
import { poolStateOf } from '../../shared/pool/poolState.ts';
import { settle } from '../../shared/pool/settle.ts';
import { answered, need, START_MS, seedDeployment } from './deployments.ts';

/** A service's own meter: what it has admitted in its minute, sliding or on the clock. */
function createMeter(window: 'sliding' | 'fixed'): (atMs: number, tokens: number) => number {
  const admitted: { readonly atMs: number; readonly tokens: number }[] = [];
  return (atMs, tokens) => {
    admitted.push({ atMs, tokens });
    const fromMs = window === 'sliding' ? atMs - 60_000 : Math.floor(atMs / 60_000) * 60_000 - 1;
    return admitted.filter((one) => one.atMs > fromMs).reduce((sum, one) => sum + one.tokens, 0);
  };
}

interface Service {
  readonly window: 'sliding' | 'fixed';
  readonly chargesTimes: number;
}

/** The factors shown and booked with, after `answers` answers of a deployment of 1M tokens a minute, one every 5 s. */
function learnedFrom(service: Service, answers: number): { readonly shown: number; readonly booked: number } {
  const limitTokens = 1_000_000;
  let pool = poolStateOf([seedDeployment('westus', { tokensPerMinute: limitTokens, requestsPerMinute: 6_000 })], {
    httpShare: 0.2,
  });
  const meter = createMeter(service.window);
  for (let count = 0; count < answers; count += 1) {
    const atMs = START_MS + 7_000 + count * 5_000;
    const admissionTokens = 1_200 + ((count * 733) % 1_800);
    const { placement, state } = book(pool, need({ admissionTokens, caller: 'http' }), atMs);
    if (placement.kind !== 'booked') throw new Error(`Expected a booking, got ${placement.kind}.`);
    const counted = meter(placement.booking.startMs, admissionTokens * service.chargesTimes);
    const outcome = answered({ limitTokens, remainingTokens: Math.round(limitTokens - counted) });
    pool = settle(state, placement.booking, { outcome, tookMs: 2_000, nowMs: placement.booking.startMs + 2_000 }).state;
  }
  const evidence = pool.states[0]?.factor ?? unheardFactor;
  return { shown: admissionFactor(evidence), booked: bookingFactor(evidence) };
}

/** Charges evenly from a fifth below our estimate to a fifth above it. */
const EVEN = Array.from({ length: 41 }, (_, index) => 0.8 + index * 0.01);

describe('admissionFactor', () => {
  it.each(
    (['sliding', 'fixed'] as const).flatMap((window) =>
      [0.3, 1, 3, 30].map((chargesTimes) => ({ window, chargesTimes })),
    ),
  )('finds out within 20 answers that a $window minute counts $chargesTimes times our estimate', (service) => {
    const { shown, booked } = learnedFrom(service, 20);
    expect(shown).toBeCloseTo(service.chargesTimes, 1);
    expect(booked).toBeGreaterThanOrEqual(shown);
    expect(booked).toBeLessThan(service.chargesTimes * 1.1);
  });

  it.each([
    { window: 'sliding', chargesTimes: 3 },
    { window: 'fixed', chargesTimes: 3 },
  ] as const)('keeps to it over many $window minutes', (service) => {
    expect(learnedFrom(service, 200).shown).toBeCloseTo(3, 1);
  });

  it('is the mean of what single requests were charged, and one odd reading does not move it', () => {
    expect(admissionFactor({ ratios: EVEN, levels: [], answers: 20 })).toBeCloseTo(1, 5);
    expect(admissionFactor({ ratios: [...EVEN, 9], levels: [], answers: 20 })).toBeCloseTo(1, 5);
  });

  it('is 1 until counts have moved with what was charged, and keeps only one above 1 once they stand still', () => {
    const factorOf = (ratios: readonly number[]): number => admissionFactor({ ratios, levels: [], answers: 20 });
    expect(factorOf([0.5, 0.5, 0.5])).toBe(1);
    expect(factorOf([0.5, 0.5, 0.5, 0.5])).toBe(0.5);
    const moved = (ratio: number): readonly number[] => Array.from({ length: 20 }, () => ratio);
    expect(factorOf([...moved(0.5), STILL, STILL, STILL])).toBe(1);
    expect(factorOf([...moved(3), STILL, STILL, STILL])).toBe(3);
  });

  it('above 1 needs two readings where a 429 of the quota supports it, and below 1 is forgotten with it', () => {
    const refused = (ratios: readonly number[]): number =>
      admissionFactor(withRefusal({ ratios, levels: [], answers: 20 }));
    expect(refused([3, 3])).toBe(3);
    expect(refused([3])).toBe(1);
    expect(refused([3, STILL])).toBe(1);
    expect(refused([0.5, 0.5, 0.5, 0.5])).toBe(1);
  });

  it('is kept through a 429 of the quota where it is below 1 by no more than single charges differ', () => {
    const noisy: FactorEvidence = { ratios: [0.8, 1.1, 1, 0.9], levels: [], answers: 20 };
    expect(admissionFactor(withRefusal(noisy))).toBeCloseTo(0.95, 5);
    expect(spreadOf(withRefusal(noisy))).toBe(spreadOf(noisy));
  });

  it('above 1 that a 429 supports comes with the spread of its readings, for the margin', () => {
    expect(spreadOf(withRefusal({ ratios: [3, 3.3], levels: [], answers: 20 }))).toBeGreaterThan(0.05);
    expect(spreadOf({ ratios: [3, 3.3], levels: [], answers: 20 })).toBe(0);
  });

  it('is 1 before anything was heard, and stays within 0.1 and 50', () => {
    expect(admissionFactor(unheardFactor)).toBe(1);
    expect(admissionFactor({ ratios: [0.01, 0.01, 0.01, 0.01], levels: [], answers: 20 })).toBe(0.1);
    expect(admissionFactor({ ratios: [99, 99, 99, 99], levels: [], answers: 20 })).toBe(50);
  });
});

describe('bookingFactor', () => {
  it('carries a surplus of a half at first, little once some charges were seen, and none after 20 answers that told nothing', () => {
    const afterAnswers = (count: number) =>
      Array.from({ length: count }).reduce(
        (evidence: typeof unheardFactor) => withAnswer(evidence, { ratios: [], level: null }),
        unheardFactor,
      );
    expect(bookingFactor(unheardFactor)).toBe(1.5);
    expect(bookingFactor({ ratios: [1, 1, 1], levels: [1, 1, 1], answers: 3 })).toBeCloseTo(1.0625, 5);
    expect(bookingFactor(afterAnswers(10))).toBe(1.125);
    expect(bookingFactor(afterAnswers(20))).toBe(1);
  });
});

describe('spreadOf', () => {
  const spread = (ratios: readonly number[]): number => spreadOf({ ratios, levels: [], answers: 20 });

  it('is nothing before anything was seen, and where all are charged alike', () => {
    expect(spreadOf(unheardFactor)).toBe(0);
    expect(spread([3, 3, 3])).toBe(0);
  });

  it('is the deviation of what was seen, and one odd reading does not move it', () => {
    expect(spread(EVEN)).toBeCloseTo(0.12, 3);
    expect(spread([...EVEN, 9])).toBeCloseTo(0.12, 3);
  });
});

describe('withAnswer', () => {
  it('takes no request to be charged by more than a quarter above the fullest of the last minutes', () => {
    expect(admissionFactor(withAnswer(unheardFactor, { ratios: [4, 4, 4, 4], level: 2 }))).toBe(2.5);
  });

  it('keeps the newest hundred ratios and twenty levels', () => {
    let evidence = unheardFactor;
    for (let count = 0; count < 110; count += 1) evidence = withAnswer(evidence, { ratios: [count], level: 100 });
    expect(evidence).toMatchObject({ ratios: Array.from({ length: 100 }, (_, index) => 10 + index), answers: 20 });
    expect(evidence.levels).toHaveLength(20);
  });
});
