import { PDFDocument, StandardFonts } from '@cantoo/pdf-lib';
import { createDocumentOpener, type DocumentOpener } from '../../shared/documents/documentOpener.ts';
import { createPdfReader } from '../../shared/documents/pdf/pdfReader.ts';
import type { ImageLimits } from '../../shared/image/assertAcceptable.ts';

export const LIMITS: ImageLimits = { maxBytes: 100 * 1024 * 1024, maxPixels: 268_402_689 };

/** What use cases need to open documents. */
export function documentParts(limits = LIMITS): {
  readonly documents: DocumentOpener;
  readonly documentLimits: { readonly maxPages: number; readonly openPages: undefined };
} {
  const documents = createDocumentOpener({ limits, pdf: createPdfReader() });
  return { documents, documentLimits: { maxPages: 200, openPages: undefined } };
}

interface DrawnPage {
  /** A line each. */
  readonly lines: readonly string[];
  readonly sizePt?: number;
  readonly box?: readonly [widthPt: number, heightPt: number];
}

/** A PDF with a page for each list of lines, A4 unless another box is given. */
export async function drawPdf(pages: readonly DrawnPage[]): Promise<Buffer> {
  const document = await PDFDocument.create();
  const font = await document.embedFont(StandardFonts.Helvetica);
  for (const { lines, sizePt = 12, box = [595, 842] } of pages) {
    const page = document.addPage([box[0], box[1]]);
    for (const [index, line] of lines.entries()) {
      page.drawText(line, { x: 50, y: box[1] - 60 - index * sizePt * 1.5, size: sizePt, font });
    }
  }
  return Buffer.from(await document.save());
}

/** The pages `Page 1`, `Page 2` and so on. */
export function numberedPdf(pages: number): Promise<Buffer> {
  return drawPdf(Array.from({ length: pages }, (_, index) => ({ lines: [`Page ${index + 1}`] })));
}
