import { describe, expect, it } from 'vitest';
import {
  type Circuit,
  circuitAfter,
  circuitAfterBooking,
  circuitAfterRelease,
  circuitView,
  isSuspected,
  mayBeAsked,
} from '../../shared/pool/circuit.ts';
import type { Outcome } from '../../shared/pool/outcome.ts';
import { ambiguous, answered, filtered, refused, START_MS, throttled } from './deployments.ts';

const closed: Circuit = { state: 'closed', failures: 0, openings: 0 };
const at = { bookingId: 'probe', nowMs: START_MS };

/** The circuit after outcomes one after the other, each as soon as it may be asked again. */
function circuitThrough(outcomes: readonly Outcome[], from: Circuit = closed): Circuit {
  let circuit = from;
  let nowMs = START_MS;
  for (const outcome of outcomes) {
    if (circuit.state === 'open') {
      nowMs = circuit.untilMs;
      circuit = circuitAfterBooking(circuit, { id: 'probe', startMs: nowMs });
    }
    circuit = circuitAfter(circuit, outcome, { bookingId: 'probe', nowMs });
  }
  return circuit.state === 'open' ? { ...circuit, untilMs: circuit.untilMs - nowMs } : circuit;
}

const times = <Value>(count: number, value: Value): Value[] => Array.from({ length: count }, () => value);

describe('circuitAfter', () => {
  it.each([
    { reason: 'unauthorized', status: 401, says: 'answers 401: It said unauthorized' },
    { reason: 'payment', status: 402, says: 'answers 402: It said payment' },
    { reason: 'forbidden', status: 403, says: 'answers 403: It said forbidden' },
    { reason: 'not-found', status: 404, says: 'answers 404: It said not-found' },
    { reason: 'redirected', status: 307, says: 'answers 307: It said redirected' },
    { reason: 'misconfigured', status: 400, says: 'answers 400: It said misconfigured' },
  ] as const)('opens for a minute at the first $status', ({ reason, status, says }) => {
    expect(circuitThrough([refused(reason, status)])).toEqual({
      state: 'open',
      untilMs: 60_000,
      reason: says,
      openings: 1,
    });
  });

  it.each([
    { reason: 'timeout', says: 'does not answer in time' },
    { reason: 'server-error', says: 'answers 500' },
    { reason: 'reset', says: 'breaks off its answers' },
    { reason: 'cut-body', says: 'breaks off its answers' },
  ] as const)('opens for 10 s at the third $reason in a row', ({ reason, says }) => {
    expect(circuitThrough(times(2, ambiguous(reason)))).toEqual({ state: 'closed', failures: 2, openings: 0 });
    expect(circuitThrough(times(3, ambiguous(reason)))).toEqual({
      state: 'open',
      untilMs: 10_000,
      reason: says,
      openings: 1,
    });
  });

  it('opens when nobody listens three times in a row', () => {
    expect(circuitThrough(times(3, refused('unreachable')))).toMatchObject({
      state: 'open',
      reason: 'cannot be reached',
    });
  });

  it('counts failures in a row only', () => {
    expect(circuitThrough([ambiguous(), ambiguous(), answered(), ambiguous(), ambiguous()])).toMatchObject({
      state: 'closed',
    });
  });

  it.each([
    { name: 'an answer', outcome: answered() },
    { name: 'a 429', outcome: throttled() },
    { name: 'a content filter', outcome: filtered },
  ])('is never opened by $name, and closed by it as a probe', ({ outcome }) => {
    expect(circuitThrough(times(20, outcome))).toEqual(closed);
    expect(circuitThrough([refused('forbidden', 403), outcome])).toEqual(closed);
  });

  it.each([
    { openings: 1, minutes: 1 },
    { openings: 2, minutes: 2 },
    { openings: 3, minutes: 4 },
    { openings: 5, minutes: 16 },
    { openings: 6, minutes: 30 },
    { openings: 60, minutes: 30 },
  ])('stays open for $minutes minutes at the $openings. 401', ({ openings, minutes }) => {
    expect(circuitThrough(times(openings, refused('unauthorized', 401)))).toMatchObject({ untilMs: minutes * 60_000 });
  });

  it.each(['no-token', 'aborted'] as const)('learns nothing from %s, but lets the next probe through', (reason) => {
    expect(circuitThrough(times(20, refused(reason)))).toEqual(closed);
    const reopened = circuitThrough([refused('unauthorized', 401), refused(reason)]);
    expect(reopened).toMatchObject({ state: 'open', untilMs: 0, openings: 1 });
  });

  it('names code and sentence of a refusal, and keeps them while it is probed', () => {
    const refusal = { ...refused('misconfigured', 400), code: 'OperationNotSupported', detail: 'It takes no chat.' };
    const open = circuitAfter(closed, refusal, at);
    const reason = 'answers 400 OperationNotSupported: It takes no chat';
    expect(circuitView(open)).toEqual({ state: 'open', untilMs: START_MS + 60_000, reason });
    expect(circuitView(circuitAfterBooking(open, { id: 'probe', startMs: START_MS }))).toEqual({
      state: 'probing',
      reason,
    });
  });

  it('suspects a deployment for half a minute whose refusal another one is judging, and opens at the third', () => {
    const once = circuitAfter(closed, refused('unclear', 400), at);
    expect(isSuspected(once, START_MS + 29_999)).toBe(true);
    expect(isSuspected(once, START_MS + 30_000)).toBe(false);
    expect(isSuspected(circuitAfter(once, answered(), at), START_MS)).toBe(false);
    expect(circuitThrough(times(3, refused('unclear', 400)))).toMatchObject({
      state: 'open',
      reason: 'answers 400: It said unclear',
    });
    expect(isSuspected(circuitAfter(closed, refused('bad-request', 400), at), START_MS)).toBe(true);
  });

  it('learns nothing from a probe whose image or request is refused', () => {
    for (const reason of ['bad-image', 'bad-request'] as const) {
      expect(circuitThrough([refused('forbidden', 403), refused(reason, 400)])).toEqual({
        state: 'open',
        untilMs: 60_000,
        reason: 'answers 403: It said forbidden',
        openings: 1,
      });
    }
  });

  it('is not closed by the late answer to a request from before', () => {
    const open = circuitAfter(closed, refused('unauthorized', 401), at);
    expect(circuitAfter(open, answered(), { bookingId: 'early', nowMs: START_MS + 1 })).toBe(open);
  });
});

describe('mayBeAsked', () => {
  const open = circuitAfter(closed, refused('unauthorized', 401), at);

  it('is false until the open time is over, and then for all but one', () => {
    expect(mayBeAsked(open, START_MS + 59_999)).toBe(false);
    expect(mayBeAsked(open, START_MS + 60_000)).toBe(true);
    const probing = circuitAfterBooking(open, { id: 'probe', startMs: START_MS + 60_000 });
    expect(mayBeAsked(probing, START_MS + 60_000)).toBe(false);
  });

  it('is true again five minutes after a probe that never ended, and at once after one given back', () => {
    const probing = circuitAfterBooking(open, { id: 'probe', startMs: START_MS + 60_000 });
    expect(mayBeAsked(probing, START_MS + 360_000)).toBe(true);
    const given = circuitAfterRelease(probing, { bookingId: 'probe', nowMs: START_MS + 61_000 });
    expect(mayBeAsked(given, START_MS + 61_000)).toBe(true);
    expect(circuitAfterRelease(probing, { bookingId: 'another', nowMs: START_MS })).toBe(probing);
  });
});
