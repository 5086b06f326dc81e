import type { Booking } from './ledger.ts';
import type { PoolState } from './poolState.ts';

export interface Moment {
  /** By the storage's clock. */
  readonly nowMs: number;
  /** How far the storage's clock is ahead of the machine's. */
  readonly aheadMs: number;
}

/** A step on the state: the next state, and the result for its caller. It may be repeated on a newer state. */
export type Step<T> = (pool: PoolState, moment: Moment) => { readonly state: PoolState; readonly result: T };

/** A step of a batch that goes into one write. */
export interface Queued {
  /** The next state; the same one if the step throws, which only its caller sees. */
  readonly take: (pool: PoolState, moment: Moment) => PoolState;
  /** What it started when it was last taken. */
  readonly started: () => Booking | undefined;
  /** Ends it once the state is written: with its last result, or its error. */
  readonly done: () => void;
  readonly failed: (error: unknown) => void;
}

export function queuedStep<T>(
  step: Step<T>,
  caller: {
    readonly started: ((result: T) => Booking | undefined) | undefined;
    readonly resolve: (result: T) => void;
    readonly reject: (error: unknown) => void;
  },
): Queued {
  let end: { readonly result: T } | { readonly error: unknown } | undefined;
  return {
    take: (pool, at) => {
      try {
        const { state, result } = step(pool, at);
        end = { result };
        return state;
      } catch (error) {
        end = { error };
        return pool;
      }
    },
    started: () => (end !== undefined && 'result' in end ? caller.started?.(end.result) : undefined),
    done: () => {
      if (end === undefined) return;
      if ('result' in end) caller.resolve(end.result);
      else caller.reject(end.error);
    },
    failed: caller.reject,
  };
}
