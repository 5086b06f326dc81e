import { describe, expect, it } from 'vitest';
import { countFaults, heldUntilMs, isHeldForALease, storageTroubles } from '../../../local/chaos/storageTroubles.ts';
import type { LoggedFault } from '../../../local/storage/strict/misbehave.ts';

const met = (atMs: number, fault: LoggedFault['fault'], access: LoggedFault['access'] = 'write'): LoggedFault => ({
  ...{
    service: 'table',
    operation: 'UpdateEntity',
    resource: 'analyses',
    subject: 'r1',
    access,
    atMs,
    fault,
    status: null,
  },
});

describe('storageTroubles', () => {
  it('gives what hindered a write, for as long as it was slow or its client waited', () => {
    const log = [met(0, { kind: 'busy' }), met(10, { kind: 'slow', waitMs: 1_500, isDone: true })];
    expect(storageTroubles([...log, met(20, { kind: 'busy' }, 'read')])).toEqual([
      { resource: 'analyses', subject: 'r1', fromMs: 0, untilMs: 6_000 },
      { resource: 'analyses', subject: 'r1', fromMs: 10, untilMs: 1_510 },
    ]);
  });
});

describe('countFaults', () => {
  it('counts by kind, and by whether the storage did it', () => {
    const timedOut = { kind: 'timed-out', isDone: true } as const;
    const log = [met(0, timedOut), met(1, timedOut), met(2, { ...timedOut, isDone: false }), met(3, { kind: 'busy' })];
    expect(countFaults(log)).toEqual({ 'timed-out, done': 2, 'timed-out, not done': 1, busy: 1 });
  });
});

describe('heldUntilMs', () => {
  const trouble = (fromMs: number, untilMs: number) => ({ resource: 'analyses', subject: 'r1', fromMs, untilMs });

  it.each([
    ['nothing', [], 2_000],
    ['one within it', [trouble(500, 6_500)], 6_500],
    ['one that began before', [trouble(-3_000, 3_000)], 3_000],
    ['one that was over before', [trouble(-9_000, -3_000)], 2_000],
    ['one that comes later', [trouble(2_001, 8_000)], 2_000],
    ['two in turn, in any order', [trouble(6_000, 12_000), trouble(500, 6_500)], 12_000],
  ])('is, after %s', (_what, troubles, expected) => {
    expect(heldUntilMs(troubles, { fromMs: 0, untilMs: 2_000 })).toBe(expected);
  });

  it('is a lease long only without a gap', () => {
    expect(isHeldForALease([trouble(0, 20_000), trouble(20_000, 30_000)], 0)).toBe(true);
    expect(isHeldForALease([trouble(0, 20_000), trouble(20_001, 90_000)], 0)).toBe(false);
    expect(isHeldForALease([trouble(0, 29_999)], 0)).toBe(false);
  });
});
