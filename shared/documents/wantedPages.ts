import { formatCount, ImageRejected, InvalidRequest } from '../errors.ts';
import { brokenImage } from '../image/imageHeader.ts';
import type { OpenedDocument } from './openedFile.ts';
import { namedPages } from './pageRanges.ts';

/**
 * The pages that are asked for, counted from 1.
 *
 * @throws {ImageRejected} `broken-image`, `too-many-pages`
 * @throws {InvalidRequest} when it has none of them
 */
export function wantedPages(
  { format, pages: total }: Pick<OpenedDocument, 'format' | 'pages'>,
  ranges: string | undefined,
  maxPages: number,
): readonly number[] {
  if (total === 0) {
    throw brokenImage(format.toUpperCase(), 'it has no pages');
  }
  const wanted = namedPages(ranges, total);
  if (wanted.length === 0) {
    const message = `pages is "${ranges}": the document has ${formatCount(total)} pages, and none of these.`;
    throw new InvalidRequest([{ path: 'pages', message }]);
  }
  if (wanted.length <= maxPages) return wanted;
  throw new ImageRejected(
    'too-many-pages',
    `The document has ${formatCount(wanted.length)} pages to analyse; the limit is ${formatCount(maxPages)}. ` +
      `Ask for some of them with pages, such as 1-${maxPages}, or raise DOCUMENT_MAX_PAGES.`,
  );
}
