import type { DueQueue } from '../storage/dueQueue.ts';
import type { OpenRecord } from './analysisRecord.ts';
import { withResentMessage } from './analysisSteps.ts';
import type { AnalysisStore } from './analysisStore.ts';
import type { StoredAnalysis } from './storedAnalysis.ts';

/**
 * Sends the lost message of an analysis again for that time (epoch milliseconds), and records that it did and whether
 * because of a dead letter. Sends the message first: a crash in between leaves one extra message, which does no harm,
 * and not a record of a message that was never sent.
 *
 * @returns whether the record was unchanged since it was read
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
