import { describe, expect, it } from 'vitest';
import { type AnswerStats, noAnswers } from '../../shared/pool/answerStats.ts';
import { book } from '../../shared/pool/book.ts';
import { bucketOf } from '../../shared/pool/buckets.ts';
import { noCapMoney, withRisk } from '../../shared/pool/capMoney.ts';
import type { Charge } from '../../shared/pool/charge.ts';
import type { Need } from '../../shared/pool/ledger.ts';
import { type PoolState, poolStateOf } from '../../shared/pool/poolState.ts';
import { need, START_MS, seedDeployment } from './deployments.ts';

const LOOK = 70_000;
/** Answers of 140 to 149 tokens, and the payments of so many calls. */
const taught = (calls: number): AnswerStats => ({
  ...noAnswers,
  lengths: Array.from({ length: 50 }, (_, index) => ({ look: LOOK, tokens: 140 + (index % 10), wasCut: false })),
  money: { ...noCapMoney, spent: calls * 1_500 },
});
const onTheWay = (stats: AnswerStats): AnswerStats => ({ ...stats, money: withRisk(stats.money, 1_500, START_MS) });

/** 100,000 tokens a minute, of which so many were used so long ago, while quota is short. */
function poolAfter(usedTokens: number, stats: AnswerStats, agoMs = 5_000): PoolState {
  const pool = poolStateOf([seedDeployment('westus', { tokensPerMinute: 100_000, requestsPerMinute: 600 })], {
    httpShare: 0,
  });
  const bucket = bucketOf(START_MS - agoMs);
  const tokens = { tokens: usedTokens, admissionTokens: usedTokens, countedTokens: null };
  const charge: Charge = { id: '', caller: 'backlog', bucket, ...tokens, requests: 1, isExact: true };
  return {
    ...pool,
    states: pool.states.map((state) => ({ ...state, charges: [charge] })),
    pressedMs: START_MS,
    answers: { text: stats },
  };
}

const asks = (overrides: Partial<Need> = {}): Need =>
  need({ answer: { kind: 'text', look: LOOK, capTokens: 800, canLower: true, outputWeight: 3 }, ...overrides });

describe('a request whose cap can be lowered once calls on their way have ended', () => {
  it('waits half a second at a time, and keeps its place, while the quota is used faster than it comes', () => {
    const { placement, state } = book(poolAfter(20_000, onTheWay(taught(60))), asks(), START_MS);
    expect(placement).toEqual({ kind: 'wait', expectedStartMs: START_MS + 500, askAgainMs: START_MS + 500 });
    expect(state.line).toHaveLength(1);
  });

  it('waits for what was used within the last ten seconds, and for nothing before', () => {
    const placed = (agoMs: number) => book(poolAfter(20_000, onTheWay(taught(60)), agoMs), asks(), START_MS).placement;
    expect(placed(9_900)).toMatchObject({ kind: 'wait' });
    expect(placed(10_000)).toMatchObject({ kind: 'booked' });
  });

  it('starts with the lower cap when they have ended', () => {
    const { placement } = book(poolAfter(20_000, taught(60)), asks(), START_MS);
    expect(placement).toMatchObject({ kind: 'booked', booking: { answer: { isLowered: true, capTokens: 153 } } });
  });

  it.each([
    ['the quota is used no faster than it comes', poolAfter(15_000, onTheWay(taught(60))), asks()],
    ['its caller waits over HTTP', poolAfter(20_000, onTheWay(taught(60))), asks({ caller: 'http' })],
    ['it cannot wait', poolAfter(20_000, onTheWay(taught(60))), asks({ latestStartMs: START_MS + 499 })],
    ['too little was paid for any lower cap', poolAfter(20_000, onTheWay(taught(40))), asks()],
  ])('starts at once with the task’s cap where %s', (_, pool, asked) => {
    const { placement } = book(pool, asked, START_MS);
    expect(placement).toMatchObject({ kind: 'booked', booking: { answer: { isLowered: false, capTokens: 800 } } });
  });
});
