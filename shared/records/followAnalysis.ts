import { isFinal } from './analysisRecord.ts';
import type { AnalysisStore } from './analysisStore.ts';
import type { StoredAnalysis } from './storedAnalysis.ts';

const FIRST_LOOK_AFTER_MS = 100;
const LONGEST_PAUSE_MS = 2_000;

/**
 * Waits until an analysis of another worker has ended, at most until `untilMs` (epoch milliseconds).
 *
 * @returns the last state that was read; undefined when the analysis does not exist
 */
export async function followAnalysis(
  id: string,
  untilMs: number,
  parts: {
    readonly analyses: Pick<AnalysisStore, 'find'>;
    readonly now: () => number;
    readonly sleep: (waitMs: number) => Promise<void>;
  },
): Promise<StoredAnalysis | undefined> {
  let pauseMs = FIRST_LOOK_AFTER_MS;
  for (;;) {
    const seen = await parts.analyses.find(id);
    const leftMs = untilMs - parts.now();
    if (!seen || isFinal(seen.record) || leftMs <= 0) return seen;
    await parts.sleep(Math.min(pauseMs, leftMs));
    pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS);
  }
}
