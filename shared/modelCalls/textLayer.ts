import type { DeclaredPage } from '../image/analysisImage.ts';
import type { AnalysisRequest } from '../requests/analysisRequest.ts';
import type { PaidAnswer } from '../results/paidAnswer.ts';
import { textLayerFinding } from '../tasks/pages/textLayerFinding.ts';

/** An answer that reads a page of a PDF, with a warning where the page's own text says something else. */
export function withTextLayerChecked(
  paid: PaidAnswer,
  { task }: AnalysisRequest,
  declared: DeclaredPage | undefined,
): PaidAnswer {
  const { plain } = paid.answer;
  if (task !== 'text' || declared === undefined || typeof plain !== 'string') return paid;
  const finding = textLayerFinding(declared.text, plain);
  return finding ? { ...paid, warnings: [...paid.warnings, finding] } : paid;
}
