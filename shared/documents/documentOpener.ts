import { inSteps } from '../concurrency/inSteps.ts';
import { onceDone } from '../concurrency/once.ts';
import { imageOfFile } from '../image/analysisImage.ts';
import type { ImageLimits } from '../image/assertAcceptable.ts';
import { digestSteps } from '../image/digestSteps.ts';
import type { DocumentFormat } from '../image/imageHeader.ts';
import { lookAtFile } from '../image/lookAtImage.ts';
import type { FileVersion, OpenedDocument, OpenedFile } from './openedFile.ts';
import { openPdfDocument } from './pdf/openPdfDocument.ts';
import type { PdfReader } from './pdf/pdfReader.ts';
import { openTiffDocument } from './tiff/openTiffDocument.ts';

/** Opens files by their content: images, and documents whose pages are images. */
export interface DocumentOpener {
  /**
   * @throws {ImageRejected} when it cannot be analysed
   * @throws {ImageChanged} when its version is gone
   */
  open(file: FileVersion): Promise<OpenedFile>;
  /** The same for a file that is known to be a document; its structure stays known for its next page. */
  openDocument(format: DocumentFormat, file: FileVersion): Promise<OpenedDocument>;
}

/** Documents whose structure stays known: pages of several documents are analysed in turn. */
const MOST_KNOWN = 16;

export function createDocumentOpener(dependencies: {
  readonly limits: ImageLimits;
  readonly pdf: PdfReader;
}): DocumentOpener {
  const { limits, pdf } = dependencies;
  const known = new Map<string, Promise<OpenedDocument>>();

  const openDocument: DocumentOpener['openDocument'] = async (format, file) => {
    const before = known.get(file.key);
    const opening = before ?? readDocument(format, file);
    // The one that was used last stands last.
    known.delete(file.key);
    known.set(file.key, opening);
    const [oldest] = known.keys();
    if (known.size > MOST_KNOWN && oldest !== undefined) known.delete(oldest);
    try {
      return await opening;
    } catch (error) {
      if (known.get(file.key) === opening) known.delete(file.key);
      throw error;
    }
  };

  async function readDocument(format: DocumentFormat, file: FileVersion): Promise<OpenedDocument> {
    const pages = await (format === 'pdf' ? openPdfDocument(file, pdf) : openTiffDocument(file, limits));
    const { totalBytes } = file;
    // Asked for by the search for an earlier result and by the record: the whole file is read for it.
    const digest = onceDone(async () => await inSteps(digestSteps(await file.all())));
    return { kind: 'document', format, totalBytes, digest, ...pages };
  }

  return {
    open: async (file) => {
      const look = await lookAtFile(file, { limits });
      if (look.kind === 'document') return await readDocument(look.format, file);
      return { kind: 'image', image: imageOfFile(file, look.header, limits) };
    },
    openDocument,
  };
}
