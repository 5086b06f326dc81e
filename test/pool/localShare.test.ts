import { describe, expect, it } from 'vitest';
import type { Charge } from '../../shared/pool/charge.ts';
import { keptToShare, localShareOf, withLocalWork } from '../../shared/pool/localShare.ts';
import { type DeploymentState, type PoolState, poolStateOf } from '../../shared/pool/poolState.ts';
import { viewOf } from '../../shared/pool/viewOf.ts';
import { START_MS, seedDeployment } from './deployments.ts';

const BUCKET = START_MS / 100;
const charge: Charge & { readonly id: string } = {
  ...{ id: 'booking-1', caller: 'http', bucket: BUCKET, tokens: 5_000, admissionTokens: 4_000 },
  ...{ requests: 1, isExact: false, countedTokens: 5_000 },
};

/** The pool of one deployment of 10,000 tokens a minute, in this state. */
function poolWith(overrides: Partial<DeploymentState> = {}): PoolState {
  const pool = poolStateOf([seedDeployment('westus')], { httpShare: 0.2 });
  return { ...pool, states: pool.states.map((state) => ({ ...state, ...overrides })) };
}

describe('localShareOf', () => {
  it('takes over its part of what is used, as fixed, and no line', () => {
    const line = [{ analysisId: 'a' }] as unknown as PoolState['line'];
    const share = localShareOf({ ...poolWith({ charges: [charge] }), line }, 0.1);
    expect(share.states[0]?.charges).toEqual([{ ...charge, tokens: 500, isExact: true, countedTokens: null }]);
    expect([share.line, share.lineEndMs]).toEqual([[], 0]);
  });
});

describe('keptToShare', () => {
  const shareOf = (overrides: Partial<DeploymentState>) =>
    keptToShare(poolWith(overrides), { part: 0.1, nowMs: START_MS }).states[0]?.share;

  it('is a tenth of the quota, and a minute until the first request that is larger', () => {
    expect(shareOf({ charges: [] })).toEqual({ tokensPerMinute: 1_000, largerFromMs: START_MS + 60_000 });
  });

  it('makes up for a request that was larger before the next such one', () => {
    const fiveMinutesMs = 300_000;
    expect(shareOf({ charges: [charge] })?.largerFromMs).toBe(START_MS + fiveMinutesMs);
    const small = { ...charge, tokens: 1_000 };
    expect(shareOf({ charges: [small] })?.largerFromMs).toBe(START_MS + 60_000);
    const share = { tokensPerMinute: 1_000, largerFromMs: START_MS + 7_000 };
    expect(shareOf({ charges: [small], share })).toEqual(share);
  });
});

describe('withLocalWork', () => {
  const began = poolWith();
  const merged = (own: Partial<DeploymentState>, local: Partial<DeploymentState>, startedIds = new Set<string>()) =>
    withLocalWork(poolWith(own), { began, pool: poolWith(local), startedIds }).states[0];

  it('adds the starts of this instance once, and none of what it knew before', () => {
    const known = { ...charge, id: 'known' };
    const started = new Set([charge.id]);
    expect(merged({}, { charges: [known, charge] }, started)?.charges).toEqual([charge]);
    expect(merged({ charges: [charge] }, { charges: [known, charge] }, started)?.charges).toEqual([charge]);
  });

  it('adds up refusals and answers, and keeps the longer of two blocks and rows of refusals', () => {
    const own = { throttled: 3, answered: 10, throttledInARow: 1, blockedUntilMs: START_MS + 5_000 };
    const local = { throttled: 2, answered: 4, throttledInARow: 2, blockedUntilMs: START_MS + 9_000 };
    expect(merged(own, local)).toMatchObject({
      ...{ throttled: 5, answered: 14, throttledInARow: 2, blockedUntilMs: START_MS + 9_000 },
    });
    expect(merged({ ...own, throttledInARow: 4, blockedUntilMs: START_MS + 20_000 }, local)).toMatchObject({
      ...{ throttledInARow: 4, blockedUntilMs: START_MS + 20_000 },
    });
    expect(merged(own, { ...local, throttled: 0 })).toMatchObject({ throttled: 3, throttledInARow: 1 });
  });

  it('changes nothing where nothing was started, answered or refused', () => {
    const own = { throttledInARow: 1 };
    expect(merged(own, { charges: [charge], throttledInARow: 4 })).toEqual(poolWith(own).states[0]);
  });

  it('takes over until when a 429 of another member of its quota blocks it', () => {
    const blocked = { blockedUntilMs: START_MS + 9_000 };
    expect(merged({}, blocked)).toEqual(poolWith(blocked).states[0]);
  });

  it('takes over the lower of two limits, and only where this instance has seen it', () => {
    const lowered = (tokensPerMinute: number) => ({ tokensPerMinute, untilMs: START_MS + 60_000 });
    const limitOf = (own: number | null, local: number | null): unknown => {
      const ownState = own === null ? {} : { lowered: lowered(own) };
      return merged(ownState, { answered: 1, ...(local !== null && { lowered: lowered(local) }) })?.lowered;
    };
    expect(limitOf(8_000, 5_000)).toMatchObject({ tokensPerMinute: 5_000 });
    expect(limitOf(5_000, 8_000)).toMatchObject({ tokensPerMinute: 5_000 });
    expect(limitOf(null, 8_000)).toMatchObject({ tokensPerMinute: 8_000 });
    expect(limitOf(5_000, null)).toMatchObject({ tokensPerMinute: 5_000 });
  });
});

describe('viewOf', () => {
  it('says from when a request as large as those booked has room', () => {
    const booked = (bucket: number, tokens: number) => ({ ...charge, bucket, tokens, admissionTokens: tokens });
    const charges = [booked(BUCKET - 20, 2_000), booked(BUCKET - 10, 4_000), booked(BUCKET, 3_000)];
    const freeFrom = (overrides: Partial<DeploymentState>) =>
      viewOf(poolWith({ answered: 20, ...overrides }), START_MS)[0]?.freeFromMs;
    // 3,000 on average, and 1,000 are left: the first must have left the minute.
    expect(freeFrom({ charges })).toBe(START_MS - 2_000 + 60_200);
    expect(freeFrom({ charges: charges.slice(1) })).toBe(START_MS - 1_000 + 60_200);
    // There is room, and a second between two requests.
    expect(freeFrom({ charges: charges.slice(2) })).toBe(START_MS + 1_200);
    // A tenth of a minute where nothing is booked.
    expect(freeFrom({})).toBe(START_MS);
    expect(freeFrom({ charges: [{ ...booked(BUCKET, 9_000), requests: 0 } as unknown as Charge] })).toBe(START_MS);
    expect(freeFrom({ charges: [{ ...booked(BUCKET, 9_001), requests: 0 } as unknown as Charge] })).toBe(
      START_MS + 60_200,
    );
    expect(freeFrom({ blockedUntilMs: START_MS + 5_000 })).toBe(START_MS + 5_000);
  });

  it('shows the middle and the slow end of how long answers took, in whatever order they came', () => {
    const latencyOf = (latenciesMs: readonly number[]) => viewOf(poolWith({ latenciesMs }), START_MS)[0]?.latencyMs;
    expect(latencyOf([])).toEqual({ p50: null, p95: null });
    expect(latencyOf([900])).toEqual({ p50: 900, p95: 900 });
    expect(latencyOf([400, 100, 1_000, 300])).toEqual({ p50: 300, p95: 1_000 });
    expect(latencyOf(Array.from({ length: 100 }, (_, place) => 100 - place))).toEqual({ p50: 50, p95: 95 });
  });
});
