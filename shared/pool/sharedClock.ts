/**
 * The storage's clock, as far as its answers tell, for machines whose own clocks differ by some seconds. It tells whole
 * seconds only; of several answers each narrows what the difference can be, so a few of them are enough for tenths.
 */
export interface SharedClock {
  /** Shared time less our own, in milliseconds. */
  readonly aheadMs: () => number;
  /** What an answer told: asked and answered by our own clock, and the storage's, in whole seconds. */
  readonly note: (answer: { readonly askedMs: number; readonly answeredMs: number; readonly serverMs: number }) => void;
}

/** A machine's clock runs away by no more than this part of the time. */
const DRIFT = 0.000_2;

export function createSharedClock(): SharedClock {
  let [least, most, notedMs] = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY, 0];
  return {
    aheadMs: () => (least === Number.NEGATIVE_INFINITY ? 0 : Math.round((least + most) / 2)),
    note: ({ askedMs, answeredMs, serverMs }) => {
      const drifted = Math.abs(answeredMs - notedMs) * DRIFT;
      notedMs = answeredMs;
      const lower = serverMs - answeredMs;
      const upper = serverMs + 1_000 - askedMs;
      least = Math.max(least - drifted, lower);
      most = Math.min(most + drifted, upper);
      // A clock that was set anew contradicts what was known: begin again.
      if (least > most) [least, most] = [lower, upper];
    },
  };
}
