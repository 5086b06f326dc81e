import type { ImageBytes } from '../image/lookAtImage.ts';
import type { Caller } from '../pool/ledger.ts';
import type { RunningRecord } from '../records/analysisRecord.ts';
import type { LeaseEndMessage } from '../records/lease.ts';
import type { StoredAnalysis } from '../records/storedAnalysis.ts';

/** One analysis to be worked on. */
export interface Work {
  /** Ours by its lease: as it is stored; or new, and not kept before something is sent. */
  readonly start: StoredAnalysis<RunningRecord> | RunningRecord;
  /** The message that was sent with the claim. */
  readonly leaseEnd?: LeaseEndMessage;
  readonly image: ImageBytes;
  readonly caller: Caller;
  /** Starts later than this (epoch milliseconds) are not waited for. */
  readonly startBeforeMs: number;
  /** When an earlier try was told to come again. */
  readonly placeInLineMs?: number;
  /** A caller who is told to come back, and will be the same analysis then: its place in line is kept. */
  readonly keepsPlace?: boolean;
  /** Called whenever a request leaves. */
  readonly onSending?: () => void;
}
