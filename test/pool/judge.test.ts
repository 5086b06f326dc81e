import { describe, expect, it } from 'vitest';
import { book } from '../../shared/pool/book.ts';
import { isSuspected, type Word, wordOf } from '../../shared/pool/circuit.ts';
import type { Need } from '../../shared/pool/ledger.ts';
import type { Outcome, Suspect } from '../../shared/pool/outcome.ts';
import { type PoolState, poolStateOf } from '../../shared/pool/poolState.ts';
import { settle } from '../../shared/pool/settle.ts';
import { viewOf } from '../../shared/pool/viewOf.ts';
import { ambiguous, answered, filtered, need, refused, START_MS, seedPool, throttled } from './deployments.ts';

const [first = '', second = ''] = seedPool.map(({ name }) => name);
const refusal = { ...refused('unclear', 400), code: 'weird' };

/** The first deployment refuses, and the second ends the same request so. */
function judgedBy(outcome: Outcome, suspects: readonly Suspect[] = [{ deployment: first, refusal }], answered = 1) {
  const unused = poolStateOf(seedPool, { httpShare: 0 });
  const idle = { ...unused, states: unused.states.map((state) => ({ ...state, answered })) };
  const one = bookOn(idle, { deploymentName: first });
  const refusedBy = settle(one.state, one.booking, { outcome: refusal, tookMs: 20, nowMs: START_MS + 20 });
  const other = bookOn(refusedBy.state, { deploymentName: second, suspects });
  const ended = settle(other.state, other.booking, { outcome, tookMs: 4_000, nowMs: START_MS + 4_020 });
  return { circuit: ended.state.states[0]?.circuit, signals: ended.signals };
}

function bookOn(pool: PoolState, overrides: Partial<Need>, nowMs = START_MS) {
  const { placement, state } = book(pool, need(overrides), nowMs);
  if (placement.kind !== 'booked') throw new Error('Expected a booking.');
  return { booking: placement.booking, state };
}

describe('judge', () => {
  it.each([
    ['an answer', answered()],
    ['a filter on the answer', { ...filtered, on: 'answer' } as Outcome],
  ])('opens the circuit of the one that refused, with its reason, after %s elsewhere', (_, outcome) => {
    const { circuit, signals } = judgedBy(outcome);
    expect(circuit).toMatchObject({ state: 'open', openings: 1, reason: 'answers 400 weird: It said unclear' });
    const detail = `${first} answers 400 weird: It said unclear; it is asked again from 2026-11-23T12:01:04.020Z on.`;
    expect(signals).toEqual([
      { kind: 'circuit-opened', deployment: first, detail },
      { kind: 'misconfigured', deployment: first, detail, status: 400, code: 'weird' },
    ]);
  });

  it.each([
    ['is refused too', refused('unclear', 400)],
    ['is refused for its image', refused('bad-image', 400)],
    ['is stopped by a filter', filtered],
  ])('clears it when the request %s elsewhere', (_, outcome) => {
    expect(judgedBy(outcome).circuit).toEqual({ state: 'closed', failures: 1, openings: 0 });
  });

  it.each(['unclear', 'bad-request', 'bad-image'] as const)(
    'does not believe one that has never answered where it refuses too (%s)',
    (reason) => {
      const { circuit } = judgedBy(refused(reason, 400), undefined, 0);
      expect(circuit && isSuspected(circuit, START_MS + 4_020)).toBe(true);
    },
  );

  it('believes only the first of two refusals that tell nothing, however often another one agrees', () => {
    const unused = poolStateOf(seedPool.slice(0, 2), { httpShare: 0 });
    let nowMs = START_MS;
    let pool: PoolState = { ...unused, states: unused.states.map((state) => ({ ...state, answered: 9 })) };
    const refuseOn = (deploymentName: string, suspects: readonly Suspect[] = []): Word | undefined => {
      nowMs += 15_000;
      const { booking, state } = bookOn(pool, { deploymentName, suspects }, nowMs);
      pool = settle(state, booking, { outcome: refusal, tookMs: 20, nowMs }).state;
      const view = viewOf(pool, nowMs).find(({ deployment }) => deployment.name === deploymentName);
      return view && wordOf(refusal, view);
    };
    expect([refuseOn(first), refuseOn(second, [{ deployment: first, refusal }])]).toEqual(['believed', 'believed']);
    expect([refuseOn(first), refuseOn(second, [{ deployment: first, refusal }])]).toEqual(['doubtful', 'doubtful']);
  });

  it.each([
    ['a 429', throttled()],
    ['a 500', ambiguous()],
    ['a 401', refused('unauthorized', 401)],
  ])('learns nothing from %s elsewhere', (_, outcome) => {
    const { circuit } = judgedBy(outcome);
    expect(circuit).toMatchObject({ state: 'closed', failures: 1 });
    expect(circuit && isSuspected(circuit, START_MS + 4_020)).toBe(true);
  });

  it('knows no deployment that has left the pool', () => {
    const { signals } = judgedBy(answered(), [{ deployment: 'gone', refusal }]);
    expect(signals).toEqual([]);
  });
});

describe('book', () => {
  it('prefers those that are not suspected, and takes a suspected one where nothing else is left', () => {
    const two = poolStateOf(seedPool.slice(0, 2), { httpShare: 0 });
    const { booking, state } = bookOn(two, { deploymentName: first });
    const { state: suspecting } = settle(state, booking, { outcome: refusal, tookMs: 20, nowMs: START_MS });
    for (let count = 0; count < 3; count += 1) expect(bookOn(suspecting, {}).booking.deployment.name).toBe(second);
    expect(bookOn(suspecting, { exclude: [second] }, START_MS + 5_000).booking.deployment.name).toBe(first);
  });

  it('takes the preferred one where it has room at once', () => {
    const idle = poolStateOf(seedPool, { httpShare: 0 });
    expect(bookOn(idle, { prefer: second }).booking.deployment.name).toBe(second);
    const { state } = bookOn(idle, { prefer: second, admissionTokens: 9_000 });
    expect(bookOn(state, { prefer: second, admissionTokens: 9_000 }).booking.deployment.name).not.toBe(second);
  });
});
