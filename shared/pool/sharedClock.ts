/**
 * The storage's clock, read from its answers, for machines whose clocks differ by some seconds. An answer has whole seconds
 * only, but each one narrows what the difference can be, so a few give it to a tenth.
 */
export interface SharedClock {
  /** Shared time less our own, in milliseconds. */
  readonly aheadMs: () => number;
  /** Notes an answer: when it was asked for and came by our clock, and its time by the storage's, in whole seconds. */
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
