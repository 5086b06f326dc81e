import { describe, expect, it } from 'vitest';
import {
  aheadOf,
  isStillToWait,
  latestStartOf,
  waitUntil,
  withoutLapsed,
  withoutWaiting,
  withWaiting,
} from '../../shared/pool/line.ts';
import type { Waiting } from '../../shared/pool/poolState.ts';
import { need, START_MS } from './deployments.ts';

const NOW_MS = START_MS;

function waiting(overrides: Partial<Waiting> = {}): Waiting {
  return {
    analysisId: 'a',
    deploymentName: null,
    caller: 'backlog',
    admissionTokens: 1_000,
    createdMs: START_MS,
    startMs: NOW_MS + 20_000,
    fromMs: NOW_MS,
    keptUntilMs: NOW_MS + 30_000,
    ...overrides,
  };
}

describe('isStillToWait', () => {
  it.each([
    ['waits here for a later start', {}, true],
    ['comes in a millisecond', { fromMs: NOW_MS + 1 }, false],
    ['may start now', { startMs: NOW_MS }, false],
    ['may start in a millisecond', { startMs: NOW_MS + 1 }, true],
    ['has a position for five seconds', { keptUntilMs: NOW_MS + 5_000 }, false],
    ['has a position for a little more', { keptUntilMs: NOW_MS + 5_001 }, true],
  ])('of work that %s', (_, overrides, isWaiting) => {
    expect(isStillToWait(waiting(overrides), NOW_MS)).toBe(isWaiting);
  });
});

describe('latestStartOf', () => {
  it('is five seconds later for a caller over HTTP that has a position', () => {
    const http = need({ caller: 'http', latestStartMs: NOW_MS + 1_000 });
    const backlog = need({ latestStartMs: NOW_MS + 1_000 });
    expect(latestStartOf(http, waiting())).toBe(NOW_MS + 6_000);
    expect(latestStartOf(http, undefined)).toBe(NOW_MS + 1_000);
    expect(latestStartOf(backlog, waiting())).toBe(NOW_MS + 1_000);
  });
});

describe('withoutLapsed', () => {
  it('leaves out positions whose time is over, and is the same list where there are none', () => {
    const kept = waiting({ keptUntilMs: NOW_MS });
    const lapsed = waiting({ analysisId: 'b', keptUntilMs: NOW_MS - 1 });
    expect(withoutLapsed([kept, lapsed], NOW_MS)).toEqual([kept]);
    const line = [kept];
    expect(withoutLapsed(line, NOW_MS)).toBe(line);
  });
});

describe('aheadOf', () => {
  it('is what was created before it, and of the same moment what stands before it', () => {
    const line = [
      waiting({ analysisId: 'old', createdMs: START_MS - 1 }),
      waiting({ analysisId: 'same' }),
      waiting({ analysisId: 'own' }),
      waiting({ analysisId: 'after' }),
      waiting({ analysisId: 'young', createdMs: START_MS + 1 }),
    ];
    const ids = (analysisId: string) =>
      aheadOf(line, need({ analysisId, createdMs: START_MS })).map((one) => one.analysisId);
    expect(ids('own')).toEqual(['old', 'same']);
    expect(ids('new')).toEqual(['old', 'same', 'own', 'after']);
  });
});

describe('withoutWaiting', () => {
  it('takes one out, and is the same list where it is not in it', () => {
    const line = [waiting(), waiting({ analysisId: 'b' })];
    expect(withoutWaiting(line, 'a')).toEqual(line.slice(1));
    expect(withoutWaiting(line, 'b')).toEqual(line.slice(0, 1));
    expect(withoutWaiting(line, 'c')).toBe(line);
  });
});

describe('withWaiting', () => {
  const own = need({ analysisId: 'a', createdMs: START_MS, admissionTokens: 1_000 });
  const estimate = { startMs: NOW_MS + 20_000, isStaying: true, nowMs: NOW_MS };

  it('keeps the position of what waits for ten seconds after its start, of what was sent away for thirty', () => {
    expect(withWaiting([], own, estimate)).toEqual([waiting({ keptUntilMs: NOW_MS + 30_000 })]);
    expect(withWaiting([], own, { ...estimate, startMs: NOW_MS - 5 })).toMatchObject([
      { keptUntilMs: NOW_MS + 10_000 },
    ]);
    const away = { ...estimate, isStaying: false };
    expect(withWaiting([], own, away)).toMatchObject([{ fromMs: NOW_MS + 17_000, keptUntilMs: NOW_MS + 50_000 }]);
    const http = need({ ...own, caller: 'http', deploymentName: 'west' });
    expect(withWaiting([], http, away)).toMatchObject([{ fromMs: NOW_MS + 20_000, deploymentName: 'west' }]);
  });

  it.each([
    ['half a second earlier', { startMs: NOW_MS + 20_500 }, true],
    ['half a second later', { startMs: NOW_MS + 19_500 }, true],
    ['a little less', { startMs: NOW_MS + 20_499 }, false],
    ['the same, but sent away', { fromMs: NOW_MS + 1 }, true],
    ['the same, but soon lapsed', { keptUntilMs: NOW_MS + 5_000 }, true],
    ['the same, and kept for long enough', { keptUntilMs: NOW_MS + 5_001 }, false],
  ])('writes a new estimate only where it differs: it was %s', (_, overrides, isWritten) => {
    const line = [waiting(overrides)];
    const next = withWaiting(line, own, estimate);
    if (isWritten) expect(next).toEqual([waiting()]);
    else expect(next).toBe(line);
  });

  it('stands after what is as old as it, and keeps the age of its first ask', () => {
    const line = [waiting({ analysisId: 'same' }), waiting({ analysisId: 'young', createdMs: START_MS + 1 })];
    expect(withWaiting(line, own, estimate).map(({ analysisId }) => analysisId)).toEqual(['same', 'a', 'young']);
    const again = need({ ...own, createdMs: START_MS + 9_000 });
    expect(withWaiting([waiting({ startMs: NOW_MS })], again, estimate)).toEqual([waiting()]);
  });
});

describe('waitUntil', () => {
  it('asks again at the start, as soon as there may be room, or after half a second', () => {
    const asked = (startMs: number, roomMs: number) => waitUntil(startMs, { nowMs: NOW_MS, roomMs });
    expect(asked(NOW_MS + 9_000, NOW_MS + 9_000)).toMatchObject({ askAgainMs: NOW_MS + 500 });
    expect(asked(NOW_MS + 9_000, NOW_MS + 300)).toMatchObject({ askAgainMs: NOW_MS + 300 });
    expect(asked(NOW_MS + 200, NOW_MS + 300)).toEqual({
      kind: 'wait',
      expectedStartMs: NOW_MS + 200,
      askAgainMs: NOW_MS + 200,
    });
  });
});
