import { describe, expect, it } from 'vitest';
import { readPrefer } from '../../../shared/http/read/readPrefer.ts';

describe('readPrefer', () => {
  it.each([
    [null, 30_000, false],
    ['', 30_000, false],
    ['wait=10', 10_000, false],
    ['wait=0', 0, false],
    ['wait=200', 200_000, false],
    ['respond-async', 30_000, true],
    ['Respond-Async, Wait=5', 5_000, true],
    ['return=minimal, wait=5', 5_000, false],
    ['respond-async; x=1 , wait=5; y', 5_000, true],
    ['wait = 5', 5_000, false],
    ['wait="5"', 5_000, false],
    ['wait=5, wait=6', 5_000, false],
  ])('of %j waits %i ms (asynchronous: %s)', (header, waitMs, isAsync) => {
    expect(readPrefer(header)).toEqual({ waitMs, isAsync });
  });

  it.each(['wait=201', 'wait=-1', 'wait=1.5', 'wait=', 'wait=soon', 'wait=1e2'])('refuses %s', (header) => {
    expect(() => readPrefer(header)).toThrow(`Prefer: ${header} must be whole seconds from 0 to 200.`);
  });
});
