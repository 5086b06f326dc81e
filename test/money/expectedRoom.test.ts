import { describe, expect, it } from 'vitest';
import { expectedEndMs, expectedRoom, habitsOf, type SettledCall } from '../../shared/money/expectedRoom.ts';
import { NOON_MS } from '../support/sampleRecords.ts';

const CENT = 10_000;
const RENEWAL_MS = NOON_MS + 12 * 3_600_000;
const settled = (tookMs: number, spentPart: number): SettledCall => ({
  tookMs,
  reservedMicroUsd: CENT,
  spentMicroUsd: spentPart * CENT,
});
const HABITS = { usualMs: 8_000, spentPart: 0.5, leastSpentPart: 0.4 };

describe('habitsOf', () => {
  it('takes ten seconds and half of the money for a call that nothing is known of', () => {
    expect(habitsOf([])).toEqual({ usualMs: 10_000, spentPart: 0.5, leastSpentPart: 0 });
  });

  it('knows how long nineteen of twenty calls took, and what they spent of what was reserved', () => {
    const calls = Array.from({ length: 20 }, (_, call) => settled((call + 1) * 1_000, call === 0 ? 0.1 : 0.5));
    expect(habitsOf(calls)).toMatchObject({ usualMs: 19_000, spentPart: 0.5, leastSpentPart: 0.05 });
  });

  it('learns nothing of a reservation that the timer had to settle', () => {
    expect(habitsOf([settled(660_000, 1)])).toEqual(habitsOf([]));
    expect(habitsOf([settled(150_000, 1)])).toEqual({ usualMs: 150_000, spentPart: 1, leastSpentPart: 0.5 });
  });
});

describe('expectedEndMs', () => {
  it.each([
    ['a new one', 0, 8_000],
    ['one about to end', 7_900, 1_000],
    ['one that takes just longer than usual', 8_000, 4_000],
    ['a late one', 20_000, 10_000],
    ['a very late one: not after the longest call', 140_000, 10_000],
    ['one as old as no call: after the timer has settled it', 150_000, 510_000],
    ['one of a dead process: after the timer has settled it', 200_000, 460_000],
    ['one that the timer should have settled', 700_000, 1_000],
  ])('of %s', (_, ageMs, leftMs) => {
    expect(expectedEndMs(NOON_MS - ageMs, HABITS, NOON_MS) - NOON_MS).toBe(leftMs);
  });
});

describe('expectedRoom', () => {
  const held = (...agesMs: readonly number[]) =>
    agesMs.map((age) => ({ reservedAtMs: NOON_MS - age, microUsd: 4 * CENT }));
  const room = (
    facts: { readonly spent: number; readonly held: ReturnType<typeof held> },
    microUsd: number,
    promisedMicroUsd = 0,
    renewsAtMs = RENEWAL_MS,
  ) =>
    expectedRoom(
      {
        limitMicroUsd: 20 * CENT,
        spentMicroUsd: facts.spent * CENT,
        reservedMicroUsd: facts.held.length * 4 * CENT,
        renewsAtMs,
        held: facts.held,
      },
      { microUsd: microUsd * CENT, promisedMicroUsd: promisedMicroUsd * CENT },
      { habits: HABITS, nowMs: NOON_MS },
    );

  it('comes with the renewal where what is spent leaves none', () => {
    expect(room({ spent: 18, held: held(0) }, 4)).toEqual({ filledBy: 'spending', roomAtMs: RENEWAL_MS });
    expect(room({ spent: 20, held: [] }, 1)).toEqual({ filledBy: 'spending', roomAtMs: RENEWAL_MS });
    // Two calls of 4 that each spend two fifths leave 4.8.
    expect(room({ spent: 10, held: held(0, 0) }, 6.8).filledBy).toBe('reservations');
    expect(room({ spent: 10, held: held(0, 0) }, 6.9).filledBy).toBe('spending');
  });

  it('comes within seconds where calls under way hold it', () => {
    const filledBy = 'reservations';
    expect(room({ spent: 10, held: held(2_000, 1_000) }, 4)).toEqual({ filledBy, roomAtMs: NOON_MS + 6_000 });
    expect(room({ spent: 10, held: held(2_000, 1_000) }, 6)).toEqual({ filledBy, roomAtMs: NOON_MS + 7_000 });
  });

  it('is later for callers refused after others, by a minute at most', () => {
    expect(room({ spent: 10, held: held(2_000, 1_000) }, 4, 4).roomAtMs).toBe(NOON_MS + 15_000);
    expect(room({ spent: 10, held: held(2_000, 1_000) }, 4, 4_000).roomAtMs).toBe(NOON_MS + 67_000);
  });

  it('comes with the renewal where that is sooner', () => {
    expect(room({ spent: 10, held: held(0, 0) }, 4, 0, NOON_MS + 2_000).roomAtMs).toBe(NOON_MS + 2_000);
  });
});
