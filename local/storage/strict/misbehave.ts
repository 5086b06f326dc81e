import { setTimeout as sleep } from 'node:timers/promises';
import { seededRandom } from '../../seededRandom.ts';
import type { StorageCall } from '../storageCall.ts';
import type { StorageLayer } from '../storageLayer.ts';
import {
  describeCall,
  type FaultedCall,
  type FaultTarget,
  faultAnswer,
  isDoneAt,
  isTarget,
  type StorageFault,
} from './storageFault.ts';

export interface RandomFaults {
  /** From 0 to 1: how many of the calls that fit go wrong. */
  readonly rate: number;
  /** Absent: `DEFAULT_FAULTS`. */
  readonly faults?: readonly StorageFault[];
  /** Absent: every call. */
  readonly target?: FaultTarget;
}

/** A fault that a call met. */
export interface LoggedFault extends FaultedCall {
  /** Epoch milliseconds, when the request came. */
  readonly atMs: number;
  readonly fault: StorageFault;
  /** What the storage itself answered; null where it did not see the request, or has not answered yet. */
  readonly status: number | null;
}

export interface Misbehaviour {
  readonly layer: StorageLayer;
  /** The share of calls that fail from now on; `{ rate: 0 }`: none. */
  setRandom(faults: RandomFaults): void;
  /** The next calls that fit meet these faults, one each and in this order, before any random one. */
  next(target: FaultTarget, ...faults: readonly StorageFault[]): void;
  /** Scripted faults that no call has met yet. */
  unmet(): number;
  /** In the order of the requests. */
  log(): readonly LoggedFault[];
}

/** Everything that may happen to any call on Azure, with waits that a test can bear. */
export const DEFAULT_FAULTS: readonly StorageFault[] = [
  { kind: 'busy' },
  { kind: 'busy', retryAfterSeconds: 1 },
  { kind: 'timed-out', isDone: true },
  { kind: 'timed-out', isDone: false },
  { kind: 'reset', isDone: true },
  { kind: 'reset', isDone: false },
  { kind: 'slow', waitMs: 1_500, isDone: true },
  { kind: 'slow', waitMs: 1_500, isDone: false },
];

/**
 * A storage that misbehaves as Azure's does: overload is 503 ServerBusy or 500 OperationTimedOut, a write may have been done
 * although its client saw an error, connections break, and writes take up to 30 s (Microsoft Learn, "Query timeout and
 * pagination" and "Setting timeouts for Table service operations", 2026-11; Azure/azure-storage-net 730, 2018-07-02).
 *
 * Put its layer last: what other layers refuse never reaches it, as the service refuses before it works.
 *
 * @example
 * const storage = makeMisbehave({ seed: 7 });
 * storage.next({ operations: ['PutBlob'], resource: 'results' }, { kind: 'timed-out', isDone: true });
 * // the next upload to `results` is done and answers 500
 */
export function makeMisbehave(options: { readonly seed: number } & Partial<RandomFaults>): Misbehaviour {
  const random = seededRandom(options.seed);
  let faults: RandomFaults = { rate: 0, ...options };
  const scripted: { readonly target: FaultTarget; readonly fault: StorageFault }[] = [];
  const log: LoggedFault[] = [];
  /** The place in the log of each call that goes wrong. */
  const places = new WeakMap<StorageCall, number>();

  function pickFault(call: FaultedCall): StorageFault | undefined {
    const place = scripted.findIndex(({ target }) => isTarget(call, target));
    if (place >= 0) return scripted.splice(place, 1)[0]?.fault;
    if (!isTarget(call, faults.target ?? {}) || random() >= faults.rate) return undefined;
    const choices = faults.faults ?? DEFAULT_FAULTS;
    return choices[Math.floor(random() * choices.length)];
  }

  const layer: StorageLayer = {
    refuse: async (call, body) => {
      const described = describeCall(call, body);
      const fault = pickFault(described);
      if (!fault) return undefined;
      places.set(call, log.push({ ...described, atMs: Date.now(), fault, status: null }) - 1);
      if (isDoneAt(fault)) return undefined;
      if (fault.kind === 'slow') await sleep(fault.waitMs);
      return faultAnswer(call, fault);
    },
    answer: (call) => {
      const place = places.get(call);
      const entry = place === undefined ? undefined : log[place];
      if (place === undefined || entry === undefined) return undefined;
      return async (answer) => {
        log[place] = { ...entry, status: answer.status };
        if (!isDoneAt(entry.fault)) return answer;
        if (entry.fault.kind === 'slow') await sleep(entry.fault.waitMs);
        return faultAnswer(call, entry.fault) ?? answer;
      };
    },
  };

  return {
    layer,
    setRandom: (wanted) => {
      faults = wanted;
    },
    next: (target, ...wanted) => {
      scripted.push(...wanted.map((fault) => ({ target, fault })));
    },
    unmet: () => scripted.length,
    log: () => [...log],
  };
}
