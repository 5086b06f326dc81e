import type { OpenedDocument } from '../documents/openedFile.ts';
import type { AnalysisRequest } from '../requests/analysisRequest.ts';
import type { GivenSize } from '../tokens/imageSize.ts';
import { declaredSize } from './textLayer.ts';

/**
 * The size of a page as a plan needs it. Only where parts or the text layer are asked for is more read than its box.
 *
 * @throws {ImageRejected} for a page that cannot be analysed
 */
export async function pageSize(
  document: OpenedDocument,
  page: number,
  request: Pick<AnalysisRequest, 'parts' | 'textLayer'>,
): Promise<GivenSize> {
  const isBoxEnough = request.parts === undefined && request.textLayer === undefined;
  if (isBoxEnough || document.format !== 'pdf') return await document.sizeOf(page);
  return declaredSize(await document.openPage(page), request);
}
