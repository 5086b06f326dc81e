import { createHash } from 'node:crypto';
import { onceDone } from '../../concurrency/once.ts';
import type { AnalysisImage } from '../../image/analysisImage.ts';
import { cutIntoParts, type PixelBox, type SendTarget } from '../../image/pixels/cutIntoParts.ts';
import { decodeGate, WEIGHT_OF_DRAWN } from '../../image/pixels/decodeGate.ts';
import { type EncodedImage, encodeForService } from '../../image/pixels/encodeForService.ts';
import { loadSharp } from '../../image/pixels/loadSharp.ts';
import type { PixelSize } from '../../image/pixels/sendAsItIs.ts';
import type { PreparedImage } from '../../image/prepareImage.ts';
import type { FileVersion, OpenedDocument } from '../openedFile.ts';
import { pageSize, pixelsPerPoint } from './pageSize.ts';
import type { PageBox, PageDrawing } from './pdfPages.ts';
import type { PdfFile, PdfReader } from './pdfReader.ts';

/** Boxes read at once: most documents have no more pages. */
const BOXES_AT_ONCE = 1_000;

/**
 * The pages of a PDF as a document. A page is drawn when it is sent, once, at exactly the size that is sent.
 *
 * @throws {ImageRejected} `broken-image`, `unsupported-format`
 */
export async function openPdfDocument(
  version: FileVersion,
  pdf: PdfReader,
): Promise<Pick<OpenedDocument, 'pages' | 'sizeOf' | 'openPage'>> {
  const file: PdfFile = { key: version.key, load: version.all };
  let known = await pdf.boxes(file, BOXES_AT_ONCE);
  const boxOf = async (page: number): Promise<PageBox> => {
    if (page > known.boxes.length) known = await pdf.boxes(file, page + BOXES_AT_ONCE);
    const box = known.boxes[page - 1];
    if (!box) throw new RangeError(`The PDF has ${known.pages} pages; there is no page ${page}.`);
    return box;
  };
  return {
    pages: known.pages,
    sizeOf: async (page) => pageSize(await boxOf(page)),
    openPage: async (page) => {
      const box = await boxOf(page);
      const bytes = Math.ceil(version.totalBytes / Math.max(1, known.pages));
      return await openPage({ file, page, box, bytes, pdf });
    },
  };
}

interface PdfPage {
  readonly file: PdfFile;
  /** Counted from 1. */
  readonly page: number;
  readonly box: PageBox;
  /** Its share of the file. */
  readonly bytes: number;
  readonly pdf: PdfReader;
}

/** Resolution at which pages are compared: print that differs is seen to differ, and so are its letters in the text layer. */
const COMPARED_DPI = 200;

async function openPage({ file, page, box, bytes, pdf }: PdfPage): Promise<AnalysisImage> {
  const { text, smallestPt } = await pdf.text(file, page - 1);
  const size = pageSize(box);
  const draw = (drawing: PageDrawing): ReturnType<PdfReader['draw']> => pdf.draw(file, page - 1, drawing);
  const digest = onceDone(async () => {
    const scale = Math.min(COMPARED_DPI / 72, pixelsPerPoint(box));
    const [width, height] = [box.widthPt, box.heightPt].map((pt) => Math.max(1, Math.round(pt * scale)));
    const { rgb } = await draw({ width: width ?? 1, height: height ?? 1 });
    return createHash('sha256').update(`${width} x ${height} `).update(rgb).update(text).digest('hex');
  });
  let isCompared = false;
  return {
    ...{ format: 'pdf', ...size, totalBytes: bytes },
    declared: { smallestPrintPx: smallestPt === null ? null : smallestPt * pixelsPerPoint(box), text },
    digest: () => {
      isCompared = true;
      return digest();
    },
    prepare: async (target, { onDigest }) => {
      const pixels = target.width * target.height * (target.boxes?.length ?? 1);
      const prepared = await decodeGate.run(pixels * WEIGHT_OF_DRAWN, () => drawAt(size, target, draw));
      // Only where answers are reused was the page drawn for its digest.
      if (isCompared) onDigest(await digest());
      return prepared;
    },
    // Its text was read when it was opened, and drawing it is most of its work.
    check: async () => undefined,
  };
}

async function drawAt(
  page: PixelSize,
  target: SendTarget,
  draw: (drawing: PageDrawing) => ReturnType<PdfReader['draw']>,
): Promise<PreparedImage> {
  const load = await loadSharp();
  const drawn = async (drawing: PageDrawing): Promise<EncodedImage> => {
    const { rgb, ...size } = await draw(drawing);
    const raw = { ...size, channels: 3 } as const;
    const encoded = await encodeForService(load, load(rgb, { raw, limitInputPixels: false }), { isLossless: true });
    // Pixels of a page are large and outside the heap: the collector would let many of them stand.
    (rgb.buffer as ArrayBuffer).transfer(0);
    return encoded;
  };
  const image =
    target.boxes === undefined
      ? await drawn({ width: target.width, height: target.height })
      : await cutIntoParts(target.boxes, (box) => drawn(drawingOf(box, page, target)));
  return { ...image, changed: true, warnings: [] };
}

/** The whole page so large that the box has exactly the pixels of the target. */
function drawingOf({ left, top, ...box }: PixelBox, page: PixelSize, target: SendTarget): PageDrawing {
  const [across, down] = [target.width / box.width, target.height / box.height];
  return {
    width: Math.round(page.width * across),
    height: Math.round(page.height * down),
    box: { left: Math.round(left * across), top: Math.round(top * down), width: target.width, height: target.height },
  };
}
