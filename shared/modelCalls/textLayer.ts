import type { OpenedDocument } from '../documents/openedFile.ts';
import type { AnalysisImage, DeclaredPage } from '../image/analysisImage.ts';
import type { AnalysisRequest } from '../requests/analysisRequest.ts';
import type { PaidAnswer } from '../results/paidAnswer.ts';
import { textLayerFinding } from '../tasks/pages/textLayerFinding.ts';
import type { GivenSize } from '../tokens/imageSize.ts';

/** More than the densest page of a book has; a prompt of 6,000 tokens. */
const MOST_CHARACTERS = 24_000;

/** The size of a picture, with the print and the text that a page of a PDF declares, where the request uses it. */
export function declaredSize(
  { width, height, declared }: Pick<AnalysisImage, 'width' | 'height' | 'declared'>,
  { textLayer }: Pick<AnalysisRequest, 'textLayer'>,
): GivenSize {
  const text = textLayer === 'hint' ? (declared?.text.trim().slice(0, MOST_CHARACTERS) ?? '') : '';
  return {
    ...{ width, height },
    ...(declared && declared.smallestPrintPx !== null && { smallestPrintPx: declared.smallestPrintPx }),
    ...(text !== '' && { declaredText: text }),
  };
}

/**
 * The size of a page as a plan needs it. Only where parts or the text layer are asked for is more read than its box.
 *
 * @throws {ImageRejected} for a page that cannot be analysed
 */
export async function plannedSize(
  document: OpenedDocument,
  page: number,
  request: Pick<AnalysisRequest, 'parts' | 'textLayer'>,
): Promise<GivenSize> {
  const isBoxEnough = request.parts === undefined && request.textLayer === undefined;
  if (isBoxEnough || document.format !== 'pdf') return await document.sizeOf(page);
  return declaredSize(await document.openPage(page), request);
}

/** The request of one page, with the text that goes into its prompt. */
export function withDeclaredText(request: AnalysisRequest, { declaredText }: GivenSize): AnalysisRequest {
  return declaredText === undefined ? request : { ...request, declaredText };
}

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
