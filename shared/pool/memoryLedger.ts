import { book } from './book.ts';
import type { Deployment } from './deployment.ts';
import { withShorterLine } from './expectedTurn.ts';
import type { Ledger, Placement, PoolSignal } from './ledger.ts';
import { withoutWaiting } from './line.ts';
import { poolStateOf } from './poolState.ts';
import { release } from './release.ts';
import { settle } from './settle.ts';
import { viewOf } from './viewOf.ts';

export interface MemoryLedgerOptions {
  /** Part of every deployment that the backlog may only borrow, 0 to below 1. */
  readonly httpShare: number;
  readonly now: () => number;
  /** 0 to below 1. */
  readonly random: () => number;
  readonly signal: (signal: PoolSignal) => void;
}

/** Where many wait for one moment, each is told one up to this much later. */
const SPREAD_MS = 1_000;

/** The ledger of one process: nothing outlives it, and other processes know nothing of its bookings. */
export function createMemoryLedger(deployments: readonly Deployment[], options: MemoryLedgerOptions): Ledger {
  let pool = poolStateOf(deployments, { httpShare: options.httpShare });
  return {
    async book(need) {
      const { placement, state } = book(pool, need, options.now());
      pool = state;
      return need.caller === 'http' ? spread(placement, options.random() * SPREAD_MS) : placement;
    },
    async settle(booking, outcome, tookMs) {
      const { state, signals } = settle(pool, booking, { outcome, tookMs, nowMs: options.now() });
      pool = state;
      for (const signal of signals) options.signal(signal);
    },
    async release(booking) {
      pool = release(pool, booking, options.now());
    },
    async leave(analysisId) {
      pool = { ...pool, line: withoutWaiting(pool.line, analysisId) };
    },
    async shortenLine(model, endMs) {
      pool = withShorterLine(pool, model, endMs);
    },
    async view() {
      return viewOf(pool, options.now());
    },
  };
}

function spread(placement: Placement, byMs: number): Placement {
  if (placement.kind === 'later') return { ...placement, expectedStartMs: Math.ceil(placement.expectedStartMs + byMs) };
  return placement.kind === 'outage' ? { ...placement, untilMs: Math.ceil(placement.untilMs + byMs) } : placement;
}
