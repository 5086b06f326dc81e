import type { OpenedDocument } from '../documents/openedFile.ts';
import { wantedPages } from '../documents/wantedPages.ts';
import { plannedSize } from '../modelCalls/textLayer.ts';
import type { AnalysisRequest } from '../requests/analysisRequest.ts';
import type { GivenSize } from '../tokens/imageSize.ts';

/**
 * The pages of a document that would be analysed, by their sizes alone; where pages may be cut into parts or their text is
 * sent, also by what they declare. No page is drawn.
 *
 * @throws {ImageRejected} `too-many-pages`, and what the first page that cannot be analysed is refused for
 * @throws {InvalidRequest} when it has none of the pages
 */
export async function pageSizes(
  document: OpenedDocument,
  request: Pick<AnalysisRequest, 'pages' | 'parts' | 'textLayer'>,
  maxPages: number,
): Promise<readonly GivenSize[]> {
  const { pages } = request;
  const wanted = wantedPages(document, pages, maxPages);
  const sizes: GivenSize[] = [];
  for (const page of wanted) sizes.push(await plannedSize(document, page, request));
  return sizes;
}
