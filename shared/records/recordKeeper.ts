import pLimit from 'p-limit';
import {
  type AnalysisRecord,
  type FinalRecord,
  leaseOf,
  type RunningRecord,
  type WaitingRecord,
} from './analysisRecord.ts';
import type { AnalysisStore } from './analysisStore.ts';
import type { StoredAnalysis } from './storedAnalysis.ts';

/** Another worker took the lease meanwhile. This worker must not write the record any more. */
export class RecordTaken extends Error {
  override readonly name = 'RecordTaken';
}

/** Runs the last steps of the work. If another worker has taken the record, that worker ends it. */
export async function unlessTaken<Value>(steps: () => Promise<Value>): Promise<Value | undefined> {
  try {
    return await steps();
  } catch (error) {
    if (!(error instanceof RecordTaken)) throw error;
    return undefined;
  }
}

/** Writes the steps of one leased record in order, each on condition that the one before is still the latest. */
export interface RecordKeeper {
  current(): RunningRecord;
  /** Whether anything was written yet. Work that was never sent needs no record. */
  isKept(): boolean;
  /** A step that the next `save` writes. */
  note(record: RunningRecord): void;
  /** @throws {RecordTaken} */
  save(record: RunningRecord): Promise<void>;
  /** Writes how the work has ended, or what it waits for, and releases the lease. @throws {RecordTaken} */
  end(record: WaitingRecord | FinalRecord): Promise<void>;
  /** Deletes the record, if it was stored. @throws {RecordTaken} */
  remove(): Promise<void>;
  /** Renews the lease until then, if the record is stored and leased. @throws {RecordTaken} */
  renew(untilMs: number): Promise<void>;
}

export function createRecordKeeper(
  store: Pick<AnalysisStore, 'insert' | 'replace' | 'remove'>,
  start: StoredAnalysis<RunningRecord> | RunningRecord,
): RecordKeeper {
  let stored: StoredAnalysis | undefined = 'record' in start ? start : undefined;
  let current = 'record' in start ? start.record : start;
  /** One write at a time: each names the version that the one before it created. */
  const inTurn = pLimit(1);
  const taken = (): RecordTaken => new RecordTaken(`The analysis ${current.id} was taken up elsewhere.`);
  const replace = async (before: StoredAnalysis, record: AnalysisRecord): Promise<void> => {
    const written = await store.replace(before, record);
    if (written.kind === 'changed') throw taken();
    stored = written.stored;
  };
  const write = async (record: AnalysisRecord): Promise<void> => {
    if (stored) return await replace(stored, record);
    const written = await store.insert(record);
    if (written.kind === 'exists') throw new RecordTaken(`The analysis ${record.id} is already there.`);
    stored = written.stored;
  };
  return {
    current: () => current,
    isKept: () => stored !== undefined,
    note: (record) => {
      current = record;
    },
    save: (record) =>
      inTurn(async () => {
        const held = keepingLease(record, stored);
        await write(held);
        current = held;
      }),
    end: (record) => inTurn(() => write(record)),
    remove: () =>
      inTurn(async () => {
        if (stored && (await store.remove(stored)) === 'changed') throw taken();
        stored = undefined;
      }),
    renew: (untilMs) =>
      inTurn(async () => {
        if (stored?.record.status !== 'running') return;
        const lease = { ...stored.record.lease, untilMs };
        await replace(stored, { ...stored.record, lease });
        current = { ...current, lease };
      }),
  };
}

/** A step that was prepared before the lease was renewed does not shorten it. */
function keepingLease(record: RunningRecord, before: StoredAnalysis | undefined): RunningRecord {
  const untilMs = Math.max(record.lease.untilMs, (before && leaseOf(before.record)?.untilMs) ?? 0);
  return untilMs === record.lease.untilMs ? record : { ...record, lease: { ...record.lease, untilMs } };
}
