import type { OpenedFile } from '../documents/openedFile.ts';
import type { Caller } from '../pool/ledger.ts';
import type { RunningRecord } from '../records/analysisRecord.ts';
import type { LeaseEndMessage } from '../records/lease.ts';
import type { StoredAnalysis } from '../records/storedAnalysis.ts';

/** One analysis to be worked on. */
export interface Work {
  /** A stored record that we hold the lease of, or a new one that is not stored before something is sent. */
  readonly start: StoredAnalysis<RunningRecord> | RunningRecord;
  /** The message that was sent when the lease was taken. */
  readonly leaseEnd?: LeaseEndMessage;
  /** Opens the file, or the page of a document. */
  readonly open: () => Promise<OpenedFile>;
  /** Stores bytes that came with a call, for the pages of a document that are analysed after it. */
  readonly keepFile?: () => Promise<void>;
  readonly caller: Caller;
  /** Starts later than this (epoch milliseconds) are not waited for. */
  readonly startBeforeMs: number;
  /** The estimated start that an earlier try returned. */
  readonly placeInLineMs?: number;
  /** A caller that will return for the same analysis, so its queue position is kept. */
  readonly keepsPlace?: boolean;
  /** Called for every request that is sent. */
  readonly onSending?: () => void;
}
