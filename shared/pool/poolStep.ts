import type { Booking } from './ledger.ts';
import type { PoolState } from './poolState.ts';

export interface Moment {
  /** By the storage's clock. */
  readonly nowMs: number;
  /** How far the storage's clock is ahead of the machine's. */
  readonly aheadMs: number;
}

/** A step on the state: the next one, and what its caller gets. It may be taken several times. */
export type Step<T> = (pool: PoolState, moment: Moment) => { readonly state: PoolState; readonly told: T };

/** A step of a batch that goes into one write. */
export interface Queued {
  /** The next state; the same one where the step throws, which is its caller's alone. */
  readonly take: (pool: PoolState, moment: Moment) => PoolState;
  /** What it has started when it was last taken. */
  readonly started: () => Booking | undefined;
  /** Ends it, once the state is kept: with what it gave, or threw, when it was last taken. */
  readonly done: () => void;
  readonly failed: (error: unknown) => void;
}

export function queuedStep<T>(
  step: Step<T>,
  caller: {
    readonly started: ((told: T) => Booking | undefined) | undefined;
    readonly resolve: (told: T) => void;
    readonly reject: (error: unknown) => void;
  },
): Queued {
  let end: { readonly told: T } | { readonly error: unknown } | undefined;
  return {
    take: (pool, at) => {
      try {
        const { state, told } = step(pool, at);
        end = { told };
        return state;
      } catch (error) {
        end = { error };
        return pool;
      }
    },
    started: () => (end !== undefined && 'told' in end ? caller.started?.(end.told) : undefined),
    done: () => {
      if (end === undefined) return;
      if ('told' in end) caller.resolve(end.told);
      else caller.reject(end.error);
    },
    failed: caller.reject,
  };
}
