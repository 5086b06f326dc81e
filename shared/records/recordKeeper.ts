import type { AnalysisRecord } from './analysisRecord.ts';
import type { AnalysisStore } from './analysisStore.ts';
import type { StoredAnalysis } from './storedAnalysis.ts';

/** Somebody else took the record up while we worked on it: what we have is of no use any more. */
export class RecordTaken extends Error {
  override readonly name = 'RecordTaken';
}

/** The last steps of a piece of work. A record that another worker has taken up meanwhile is that worker's to end. */
export async function unlessTaken<Value>(steps: () => Promise<Value>): Promise<Value | undefined> {
  try {
    return await steps();
  } catch (error) {
    if (!(error instanceof RecordTaken)) throw error;
    return undefined;
  }
}

/** Writes one record's steps in order, each on condition of the one before. */
export interface RecordKeeper {
  current(): AnalysisRecord;
  /** Whether anything was written yet: work that never left the house needs no record. */
  isKept(): boolean;
  /** A step that need not be written by itself; the next `save` carries it. */
  note(record: AnalysisRecord): void;
  /** @throws {RecordTaken} */
  save(record: AnalysisRecord): Promise<void>;
  /** Takes the record back, if it was kept. @throws {RecordTaken} */
  remove(): Promise<void>;
  /** Holds the claim until then, as long as the record is kept and has one. @throws {RecordTaken} */
  renew(untilMs: number): Promise<void>;
}

export function createRecordKeeper(
  store: Pick<AnalysisStore, 'insert' | 'replace' | 'remove'>,
  start: StoredAnalysis | AnalysisRecord,
): RecordKeeper {
  let stored = 'record' in start ? start : undefined;
  let current = 'record' in start ? start.record : start;
  let last: Promise<unknown> = Promise.resolve();
  /** One write after the other: each names the version that the one before it made. */
  const inTurn = (write: () => Promise<void>): Promise<void> => {
    const turn = last.then(write);
    last = turn.catch(() => undefined);
    return turn;
  };
  const taken = (): RecordTaken => new RecordTaken(`The analysis ${current.id} was taken up elsewhere.`);
  const replace = async (before: StoredAnalysis, record: AnalysisRecord): Promise<void> => {
    const written = await store.replace(before, record);
    if (written.kind === 'changed') throw taken();
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
        if (stored) {
          await replace(stored, keepingClaim(record, stored.record));
        } else {
          const written = await store.insert(record);
          if (written.kind === 'exists') throw new RecordTaken(`The analysis ${record.id} is already there.`);
          stored = written.stored;
        }
        current = stored?.record ?? record;
      }),
    remove: () =>
      inTurn(async () => {
        if (stored && (await store.remove(stored)) === 'changed') throw taken();
        stored = undefined;
      }),
    renew: (untilMs) =>
      inTurn(async () => {
        const held = stored?.record.lease;
        if (!stored || !held) return;
        const lease = { ...held, untilMs };
        await replace(stored, { ...stored.record, lease });
        if (current.lease) current = { ...current, lease };
      }),
  };
}

/** A step that was prepared before the claim was renewed does not shorten it. */
function keepingClaim(record: AnalysisRecord, before: AnalysisRecord): AnalysisRecord {
  if (!record.lease || !before.lease || record.lease.untilMs >= before.lease.untilMs) return record;
  return { ...record, lease: { ...record.lease, untilMs: before.lease.untilMs } };
}
