import type { PendingRecord } from '../records/analysisRecord.ts';

/** What waits: how many, and those of them that were read. */
export interface WaitingWork {
  readonly count: number;
  readonly records: readonly PendingRecord[];
}

/** What is due within this starts by itself: later than the timer wakes ahead, so that nothing is woken for little. */
export const COMES_ANYWAY_MS = 150_000;
