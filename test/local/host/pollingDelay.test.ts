import { describe, expect, it } from 'vitest';
import { pollingDelayMs } from '../../../local/host/pollingDelay.ts';

describe('pollingDelayMs', () => {
  it.each([
    [1, 100],
    [2, 200],
    [3, 300],
    [4, 500],
    [5, 900],
    [6, 1_700],
    [7, 2_000],
    [1_000, 2_000],
  ])('after %i empty answers in a row waits %i ms of at most 2,000', (emptyPolls, ms) => {
    expect(pollingDelayMs(emptyPolls, 2_000, 0.5)).toBe(ms);
  });

  it('varies by a fifth of what grows', () => {
    expect([pollingDelayMs(5, 60_000, 0), pollingDelayMs(5, 60_000, 1)]).toEqual([740, 1_060]);
  });
});
