import { describe, expect, it } from 'vitest';
import { book } from '../../shared/pool/book.ts';
import type { Need } from '../../shared/pool/ledger.ts';
import { OUTBID_MS } from '../../shared/pool/outbid.ts';
import { learnedPool, need, START_MS, seedPool } from './deployments.ts';

/** When the 2,000 tokens of the deployment's first request have left the minute. */
const ROOM_MS = START_MS + 60_200;
const first = need({ admissionTokens: 8_500, createdMs: START_MS + 20_000 });
const small = need({ admissionTokens: 1_100, createdMs: START_MS + 20_001 });
const large = need({ admissionTokens: 1_400, createdMs: START_MS + 20_002 });

/** 9,000 of 10,000 tokens are taken, and three wait: the first of them for more than comes free next. */
const line = (
  [
    [need({ admissionTokens: 2_000, caller: 'http' }), START_MS],
    [need({ admissionTokens: 7_000, caller: 'http' }), START_MS + 10_000],
    [first, START_MS + 55_000],
    [small, START_MS + 55_000],
    [large, START_MS + 55_000],
  ] as const satisfies readonly (readonly [Need, number])[]
).reduce((pool, [one, atMs]) => book(pool, one, atMs).state, {
  ...learnedPool(seedPool.slice(0, 1)),
  httpShare: 0,
});

describe('isOutbid', () => {
  it('leaves room that has just come free to a larger request that is there and fits', () => {
    expect(book(line, small, ROOM_MS).placement).toEqual({
      kind: 'wait',
      expectedStartMs: ROOM_MS + OUTBID_MS,
      askAgainMs: ROOM_MS + OUTBID_MS,
    });
    expect(book(line, large, ROOM_MS).placement).toMatchObject({ kind: 'booked' });
  });

  it('leaves it to an older request of its size, and not to a younger one', () => {
    const younger = need({ admissionTokens: 1_400, createdMs: ROOM_MS });
    const older = need({ admissionTokens: 1_400, createdMs: START_MS + 20_001 });
    expect(book(line, younger, ROOM_MS).placement).toMatchObject({ kind: 'wait' });
    expect(book(line, older, ROOM_MS).placement).toMatchObject({ kind: 'booked' });
  });

  it.each([
    ['is there from this moment on', { fromMs: ROOM_MS }, 'wait'],
    ['comes a millisecond later', { fromMs: ROOM_MS + 1 }, 'booked'],
    ['keeps its position up to this moment', { keptUntilMs: ROOM_MS }, 'wait'],
    ['lost its position a millisecond ago', { keptUntilMs: ROOM_MS - 1 }, 'booked'],
    ['waits for this deployment alone', { deploymentName: line.states[0]?.deployment.name ?? '' }, 'wait'],
    ['waits for another deployment', { deploymentName: 'another' }, 'booked'],
    ['is of a caller over HTTP', { caller: 'http' }, 'booked'],
  ] as const)('where the larger request %s', (_, change, kind) => {
    const changed = line.line.map((one) => (one.analysisId === large.analysisId ? { ...one, ...change } : one));
    expect(book({ ...line, line: changed }, small, ROOM_MS).placement.kind).toBe(kind);
  });

  it('takes the room at once where the other request has the same size and age', () => {
    const twin = need({ ...large, analysisId: 'twin' });
    expect(book(line, twin, ROOM_MS).placement).toMatchObject({ kind: 'booked' });
  });

  it('takes the room once it has been there for a while, for the larger one may be gone', () => {
    expect(book(line, small, ROOM_MS + 300).placement).toMatchObject({ kind: 'booked' });
  });

  it('does not ask a caller over HTTP to leave room to anybody', () => {
    const caller = need({ ...small, analysisId: 'caller', caller: 'http' });
    expect(book(line, caller, ROOM_MS).placement).toMatchObject({ kind: 'booked' });
  });

  it('never takes what the first in line needs', () => {
    expect(book(line, need({ admissionTokens: 1_600, createdMs: ROOM_MS }), ROOM_MS).placement).toMatchObject({
      kind: 'wait',
    });
  });
});
