import { inTime } from '../concurrency/inTime.ts';
import { lossOf, StoreLost } from './ledgerLoss.ts';
import type { SharedClock } from './sharedClock.ts';
import type { StateStore, StoredState, WriteEnd } from './stateStore.ts';

/** A store that does not answer in this time is unavailable. */
const PATIENCE_MS = 2_000;
/** So is one whose answers to one step take this long together: a start must not be late. */
const PATIENCE_OF_STEP_MS = 4_000;

/** What is left of the time for one step. */
export interface Patience {
  leftMs: number;
}

/**
 * The store of a state with time limits; its clock is read from every answer. A call that runs out of time is stopped, so that
 * its client does not retry it later. It may have been done all the same.
 *
 * Each call throws `StoreLost` when the store does not answer in time, or refuses.
 */
interface PatientStore {
  readonly patience: () => Patience;
  readonly read: (patience: Patience) => Promise<StoredState>;
  readonly write: (
    state: { readonly text: string; readonly version: string | null },
    patience: Patience,
  ) => Promise<WriteEnd>;
  readonly setAside: (patience: Patience) => Promise<void>;
}

export function createPatientStore(
  store: StateStore,
  parts: {
    readonly clock: SharedClock;
    readonly now: () => number;
    readonly sleep: (waitMs: number) => Promise<void>;
  },
): PatientStore {
  const { clock, now, sleep } = parts;

  async function ask<T>(call: (stop: AbortSignal) => Promise<T>, patience: Patience): Promise<T> {
    if (patience.leftMs <= 0) throw lost(`The pool's state took more than ${PATIENCE_OF_STEP_MS} ms for one step.`);
    const askedMs = now();
    const waitMs = Math.min(PATIENCE_MS, patience.leftMs);
    try {
      const answer = await inTime(call, { waitMs, sleep });
      if (answer.kind !== 'done') throw lost(`The storage of the pool's state did not answer within ${waitMs} ms.`);
      return answer.value;
    } catch (error) {
      throw new StoreLost(lossOf(error));
    } finally {
      patience.leftMs -= now() - askedMs;
    }
  }

  async function timed<T extends { readonly serverMs: number | null }>(
    call: (stop: AbortSignal) => Promise<T>,
    patience: Patience,
  ): Promise<T> {
    const askedMs = now();
    const answer = await ask(call, patience);
    if (answer.serverMs !== null) clock.note({ askedMs, answeredMs: now(), serverMs: answer.serverMs });
    return answer;
  }

  return {
    patience: () => ({ leftMs: PATIENCE_OF_STEP_MS }),
    read: (patience) => timed((stop) => store.read(stop), patience),
    write: ({ text, version }, patience) => timed((stop) => store.write(text, version, stop), patience),
    setAside: (patience) => ask((stop) => store.setAside(stop), patience),
  };
}

function lost(detail: string): StoreLost {
  return new StoreLost({ reason: 'unavailable', detail, status: null, code: null });
}
