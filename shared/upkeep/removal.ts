import type { FailedItem } from '../concurrency/inParallel.ts';

/** What one run removed of a kind. */
export interface Removal {
  readonly removed: number;
  /** What could not be removed, by name or id; the run went on past it. */
  readonly kept: readonly FailedItem<string>[];
  /** The run ended before all was looked at. */
  readonly isMore: boolean;
  /** Where the next run goes on, behind what was kept; without it at the beginning. */
  readonly from?: string;
}

export interface RemovalTerms {
  /** Epoch milliseconds: what is older is removed. */
  readonly beforeMs: number;
  /** About how many a run removes. */
  readonly most: number;
  /** Where an earlier run ended. */
  readonly from?: string;
}
