import { imageOfFile } from '../../image/analysisImage.ts';
import type { ImageLimits } from '../../image/assertAcceptable.ts';
import { type ImageBytes, lookAtImage } from '../../image/lookAtImage.ts';
import type { OpenedDocument } from '../openedFile.ts';
import { layOutTiffPages, tiffPage } from './tiffPages.ts';

/**
 * The pages of a TIFF as a document.
 *
 * @throws {ImageRejected} `broken-image` when the file ends before its pages do
 */
export async function openTiffDocument(
  file: ImageBytes,
  limits: ImageLimits,
): Promise<Pick<OpenedDocument, 'pages' | 'sizeOf' | 'openPage'>> {
  const layouts = await layOutTiffPages(file);
  // Made anew each time: it keeps the bytes of its page.
  const pageAt = (page: number): ImageBytes => {
    const layout = layouts[page - 1];
    if (!layout) throw new RangeError(`The TIFF has ${layouts.length} pages; there is no page ${page}.`);
    return tiffPage(file, layout);
  };
  return {
    pages: layouts.length,
    sizeOf: async (page) => {
      const { width, height } = await lookAtImage(pageAt(page), limits);
      return { width, height };
    },
    openPage: async (page) => {
      const bytes = pageAt(page);
      return imageOfFile(bytes, await lookAtImage(bytes, limits), limits);
    },
  };
}
