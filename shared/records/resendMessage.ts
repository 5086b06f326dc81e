import type { DueQueue } from '../storage/dueQueue.ts';
import type { OpenRecord } from './analysisRecord.ts';
import { withResentMessage } from './analysisSteps.ts';
import type { AnalysisStore } from './analysisStore.ts';
import type { StoredAnalysis } from './storedAnalysis.ts';

/**
 * Calls an analysis whose message was lost once more, at that time (epoch milliseconds), and writes down that it did, and
 * whether because of a dead letter. The message first: whoever dies in between leaves one too many, which finds nothing to
 * do, and not a record that says that it was called.
 *
 * @returns whether the record was still as it had been read
 */
export async function resendMessage(
  stored: StoredAnalysis<OpenRecord>,
  call: { readonly atMs: number; readonly isDeadLetter: boolean },
  parts: { readonly due: DueQueue; readonly analyses: Pick<AnalysisStore, 'replace'>; readonly now: () => number },
): Promise<boolean> {
  await parts.due.send(stored.record.id, call.atMs);
  const written = await parts.analyses.replace(
    stored,
    withResentMessage(stored.record, parts.now(), call.isDeadLetter),
  );
  return written.kind === 'replaced';
}
