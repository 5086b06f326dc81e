import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createSharedClock } from '../../shared/pool/sharedClock.ts';
import { START_MS } from './deployments.ts';

/** What a storage that is this far ahead tells, in whole seconds, when it is asked every 777 ms and takes 20 ms. */
function clockAfter(aheadMs: number, answers: number): number {
  const clock = createSharedClock();
  for (let count = 0; count < answers; count += 1) {
    const askedMs = START_MS + count * 777;
    const serverMs = Math.floor((askedMs + 10 + aheadMs) / 1_000) * 1_000;
    clock.note({ askedMs, answeredMs: askedMs + 20, serverMs });
  }
  return clock.aheadMs();
}

describe('createSharedClock', () => {
  it('follows its own machine until the storage has told the time', () => {
    expect(createSharedClock().aheadMs()).toBe(0);
  });

  it('knows the difference to half a second after one answer, and to a twentieth after sixty', () => {
    fc.assert(
      fc.property(fc.integer({ min: -5_000, max: 5_000 }), (aheadMs) => {
        expect(Math.abs(clockAfter(aheadMs, 1) - aheadMs)).toBeLessThanOrEqual(520);
        expect(Math.abs(clockAfter(aheadMs, 60) - aheadMs)).toBeLessThanOrEqual(50);
      }),
    );
  });

  it('begins again when its machine has set its clock', () => {
    const clock = createSharedClock();
    clock.note({ askedMs: START_MS, answeredMs: START_MS + 20, serverMs: START_MS });
    clock.note({ askedMs: START_MS + 60_000, answeredMs: START_MS + 60_020, serverMs: START_MS + 1_000 });
    expect(Math.abs(clock.aheadMs() + 59_000)).toBeLessThan(600);
  });
});
