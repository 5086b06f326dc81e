import type { AnalysisRecord } from './analysisRecord.ts';
import type { AnalysisStore, StoredAnalysis } from './analysisStore.ts';

/** Somebody else took the record up while we worked on it: what we have is of no use any more. */
export class RecordTaken extends Error {
  override readonly name = 'RecordTaken';
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
}

export function createRecordKeeper(
  store: Pick<AnalysisStore, 'insert' | 'replace'>,
  start: StoredAnalysis | AnalysisRecord,
): RecordKeeper {
  let stored = 'record' in start ? start : undefined;
  let current = 'record' in start ? start.record : start;
  return {
    current: () => current,
    isKept: () => stored !== undefined,
    note: (record) => {
      current = record;
    },
    save: async (record) => {
      if (stored) {
        const written = await store.replace(stored, record);
        if (written.kind === 'changed') throw new RecordTaken(`The analysis ${record.id} was taken up elsewhere.`);
        stored = written.stored;
      } else {
        const written = await store.insert(record);
        if (written.kind === 'exists') throw new RecordTaken(`The analysis ${record.id} is already there.`);
        stored = written.stored;
      }
      current = record;
    },
  };
}
