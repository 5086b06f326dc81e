import type { Deployment } from '../pool/deployment.ts';
import { mayHaveReachedModel } from '../pool/nextStep.ts';
import type { Usage } from '../pool/outcome.ts';
import type { AnalysisFacts } from '../records/analysisRecord.ts';
import { isAskedAgain } from '../records/answerCut.ts';
import type { SignalSink } from '../signals/signals.ts';
import type { UsageLedger } from './usageLedger.ts';

/**
 * Adds the billed usage of a call. A failed write is signalled and does not fail the analysis: its record has the sum.
 */
export async function noteUsage(
  record: AnalysisFacts,
  call: { readonly deployment: Deployment; readonly usage: Usage; readonly microUsd: number | null },
  parts: { readonly usage: UsageLedger; readonly now: () => number; readonly signal: SignalSink },
): Promise<void> {
  const { deployment, usage, microUsd } = call;
  const { promptTokens, completionTokens } = usage;
  const billed = record.attempts.filter(mayHaveReachedModel);
  try {
    await parts.usage.add({
      analysisId: record.id,
      call: record.usage === null ? 1 : Math.max(2, billed.length),
      atMs: parts.now(),
      model: deployment.model,
      region: deployment.region,
      task: record.request.task,
      promptTokens,
      completionTokens,
      microUsd,
      ...(isAskedAgain(record) ? { isAfterCut: true } : {}),
    });
  } catch (error) {
    const facts = { analysisId: record.id, promptTokens, completionTokens, microUsd, error: String(error) };
    parts.signal({ event: 'usage.lost', facts });
  }
}
