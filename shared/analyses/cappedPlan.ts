import type { Ledger } from '../pool/ledger.ts';
import type { AnalysisRequest } from './analysisRequest.ts';
import type { Plan } from './planAnalysis.ts';

/** Answers of one task by one model are of about one length. */
export function answerKindOf(request: AnalysisRequest): string {
  return `${request.task} ${request.model}`;
}

/**
 * The plan with the output cap that answers have taught: quota is charged with the cap at the door, so a cap far above
 * the answers wastes most of a small one. An answer that it cuts is asked for again with the task's longest. A caller's
 * own cap stays as it is.
 */
export async function cappedPlan(
  plan: Plan,
  request: AnalysisRequest,
  ledger: Pick<Ledger, 'outputCap'>,
): Promise<Plan> {
  // Answers about parts are longer than those that have taught it.
  if (request.maxOutputTokens !== undefined || plan.parts) return plan;
  const maxOutputTokens = await ledger.outputCap(answerKindOf(request), plan.maxOutputTokens);
  const saved = plan.maxOutputTokens - maxOutputTokens;
  return { ...plan, maxOutputTokens, admissionTokens: plan.admissionTokens - saved };
}
