/**
 * Counts what was charged within a length of time. `sliding` forgets each charge when it is that old; `fixed` starts
 * with the first charge after the last count ended, and forgets all at once. Azure says only that the count is reset
 * each minute (Microsoft Learn, "Azure OpenAI quotas and limits: rate limiting", 2026-09-16), so both can be had.
 */
export type WindowKind = 'sliding' | 'fixed';

interface CountingWindow {
  readonly charge: (amount: number, nowMs: number) => void;
  readonly used: (nowMs: number) => number;
  /** How long until `amount` more fits under `limit`; 0: now; null: never, because it is more than the limit. */
  readonly fitsInMs: (need: { readonly amount: number; readonly limit: number }, nowMs: number) => number | null;
  /** How long until nothing is counted any more. */
  readonly emptyInMs: (nowMs: number) => number;
  readonly forget: () => void;
}

/** A window of this kind and length; the clock comes in with each call and must not go back. */
export function createCountingWindow(kind: WindowKind, lengthMs: number): CountingWindow {
  let charges: { readonly amount: number; readonly endsAtMs: number }[] = [];
  let oldest = 0;
  let total = 0;

  const drop = (nowMs: number): void => {
    for (let first = charges[oldest]; first && first.endsAtMs <= nowMs; first = charges[oldest]) {
      total -= first.amount;
      oldest += 1;
    }
    if (oldest > 1024 && oldest * 2 > charges.length) {
      charges = charges.slice(oldest);
      oldest = 0;
    }
  };
  const endOf = (nowMs: number): number => {
    const open = kind === 'fixed' ? charges[oldest] : undefined;
    return open ? open.endsAtMs : nowMs + lengthMs;
  };

  return {
    charge: (amount, nowMs) => {
      drop(nowMs);
      charges.push({ amount, endsAtMs: endOf(nowMs) });
      total += amount;
    },
    used: (nowMs) => {
      drop(nowMs);
      return total;
    },
    fitsInMs: ({ amount, limit }, nowMs) => {
      drop(nowMs);
      if (amount > limit) return null;
      let left = total;
      for (let at = oldest; ; at += 1) {
        const next = charges[at];
        if (left + amount <= limit || !next) return at === oldest ? 0 : (charges[at - 1]?.endsAtMs ?? nowMs) - nowMs;
        left -= next.amount;
      }
    },
    emptyInMs: (nowMs) => {
      drop(nowMs);
      const last = charges.at(-1);
      return last && oldest < charges.length ? last.endsAtMs - nowMs : 0;
    },
    forget: () => {
      charges = [];
      oldest = 0;
      total = 0;
    },
  };
}
