import type { Pdfium } from './pdfium.ts';

/** A page's size in points (1/72 inch), upright, of what a viewer shows of it. */
export interface PageBox {
  readonly widthPt: number;
  readonly heightPt: number;
}

/** Where a picture begins on the page that is drawn so large; its own size is that of the pixels asked for. */
export interface PageDrawing {
  /** The whole page in pixels. */
  readonly width: number;
  readonly height: number;
  /** What of it is wanted; absent: all. */
  readonly box?: { readonly left: number; readonly top: number; readonly width: number; readonly height: number };
}

/** Rows of red, green and blue, a byte each, nothing between. */
export interface PagePixels {
  readonly width: number;
  readonly height: number;
  readonly rgb: Uint8Array;
}

/** The text that a page declares, which is not always what it shows. */
export interface PageText {
  readonly text: string;
  /** Height of the smallest print in points: all but the smallest hundredth of its letters are as high. Null: no letters. */
  readonly smallestPt: number | null;
}

/** Why a document cannot be opened, in PDFium's numbers (fpdfview.h, FPDF_ERR_*). */
const REASONS: Readonly<Record<number, 'broken' | 'locked'>> = { 4: 'locked', 5: 'locked' };

/** A document that is open in this thread. */
export interface OpenPdf {
  readonly pages: number;
  readonly boxes: (firstPages: number) => readonly PageBox[];
  readonly draw: (page: number, drawing: PageDrawing) => PagePixels;
  readonly text: (page: number) => PageText;
  readonly close: () => void;
}

/** A document that PDFium does not open, or a page that it does not load. */
export class PdfRefused extends Error {
  override readonly name = 'PdfRefused';
  readonly reason: 'broken' | 'locked';

  constructor(reason: 'broken' | 'locked') {
    super(reason);
    this.reason = reason;
  }
}

const [BGR, WHITE] = [2, 0xffffffff];
/** Comments and stamps; red first; images in pieces, so that a large one does not have to fit into memory as a whole. */
const DRAW_FLAGS = 0x01 | 0x10 | 0x200;
const ANNOTATIONS = 0x01;
/** More than `FPDF_FORMFILLINFO` of version 2 takes; all zeros but the version: nothing calls back. */
const FORM_INFO_BYTES = 256;

/**
 * Opens a document.
 *
 * @throws {PdfRefused}
 */
export function openPdf(pdfium: Pdfium, bytes: Uint8Array): OpenPdf {
  const { malloc, free } = pdfium.wasmExports;
  const file = allocate(pdfium, bytes.length);
  pdfium.HEAPU8.set(bytes, file);
  const document = pdfium._FPDF_LoadMemDocument(file, bytes.length, 0);
  if (document === 0) {
    free(file);
    throw new PdfRefused(REASONS[pdfium._FPDF_GetLastError()] ?? 'broken');
  }
  const info = malloc(FORM_INFO_BYTES);
  pdfium.HEAPU8.fill(0, info, info + FORM_INFO_BYTES);
  pdfium.HEAPU8[info] = 2;
  const form = pdfium._FPDFDOC_InitFormFillEnvironment(document, info);
  const pages = pdfium._FPDF_GetPageCount(document);

  function withPage<Value>(index: number, work: (page: number) => Value): Value {
    const page = pdfium._FPDF_LoadPage(document, index);
    if (page === 0) throw new PdfRefused('broken');
    if (form !== 0) pdfium._FORM_OnAfterLoadPage(page, form);
    try {
      return work(page);
    } finally {
      if (form !== 0) pdfium._FORM_OnBeforeClosePage(page, form);
      pdfium._FPDF_ClosePage(page);
    }
  }

  return {
    pages,
    boxes: (firstPages) =>
      Array.from({ length: Math.min(pages, firstPages) }, (_, index) => boxOf(pdfium, document, index)),
    draw: (index, drawing) => withPage(index, (page) => drawPage(pdfium, { page, form }, drawing)),
    text: (index) => withPage(index, (page) => textOf(pdfium, page)),
    close: () => {
      if (form !== 0) pdfium._FPDFDOC_ExitFormFillEnvironment(form);
      pdfium._FPDF_CloseDocument(document);
      free(info);
      free(file);
    },
  };
}

/** Memory of PDFium; what does not fit is a document that cannot be read. */
function allocate(pdfium: Pdfium, bytes: number): number {
  const pointer = pdfium.wasmExports.malloc(Math.max(1, bytes));
  if (pointer === 0) throw new PdfRefused('broken');
  return pointer;
}

/** Without a page box of its own, or with an empty one, a page is US Letter (ISO 32000-1 leaves it open; viewers do this). */
const NO_BOX: PageBox = { widthPt: 612, heightPt: 792 };

function boxOf(pdfium: Pdfium, document: number, index: number): PageBox {
  const size = allocate(pdfium, 8);
  try {
    if (pdfium._FPDF_GetPageSizeByIndexF(document, index, size) === 0) return NO_BOX;
    const [widthPt = 0, heightPt = 0] = floatsAt(pdfium, size, 2);
    return widthPt > 0 && heightPt > 0 && Number.isFinite(widthPt * heightPt) ? { widthPt, heightPt } : NO_BOX;
  } finally {
    pdfium.wasmExports.free(size);
  }
}

function drawPage(
  pdfium: Pdfium,
  { page, form }: { readonly page: number; readonly form: number },
  { width, height, box = { left: 0, top: 0, width, height } }: PageDrawing,
): PagePixels {
  const stride = box.width * 3;
  const pixels = allocate(pdfium, stride * box.height);
  try {
    const bitmap = pdfium._FPDFBitmap_CreateEx(box.width, box.height, BGR, pixels, stride);
    if (bitmap === 0) throw new PdfRefused('broken');
    pdfium._FPDFBitmap_FillRect(bitmap, 0, 0, box.width, box.height, WHITE);
    const place = [bitmap, page, -box.left, -box.top, width, height, 0] as const;
    pdfium._FPDF_RenderPageBitmap(...place, DRAW_FLAGS);
    if (form !== 0) pdfium._FPDF_FFLDraw(form, ...place, DRAW_FLAGS & ~ANNOTATIONS);
    pdfium._FPDFBitmap_Destroy(bitmap);
    const rgb = pdfium.HEAPU8.slice(pixels, pixels + stride * box.height);
    return { width: box.width, height: box.height, rgb };
  } finally {
    pdfium.wasmExports.free(pixels);
  }
}

/** A page of a novel has 3,000 letters, one of a directory 10,000: more are read up to here. */
const MOST_LETTERS = 100_000;

function textOf(pdfium: Pdfium, page: number): PageText {
  const loaded = pdfium._FPDFText_LoadPage(page);
  if (loaded === 0) return { text: '', smallestPt: null };
  try {
    const letters = Math.min(Math.max(0, pdfium._FPDFText_CountChars(loaded)), MOST_LETTERS);
    return { text: lettersOf(pdfium, loaded, letters), smallestPt: smallestOf(pdfium, loaded, letters) };
  } finally {
    pdfium._FPDFText_ClosePage(loaded);
  }
}

function lettersOf(pdfium: Pdfium, loaded: number, letters: number): string {
  const buffer = allocate(pdfium, (letters + 1) * 2);
  try {
    const written = pdfium._FPDFText_GetText(loaded, 0, letters, buffer);
    // It ends with a zero.
    return Buffer.from(pdfium.HEAPU8.slice(buffer, buffer + Math.max(0, written - 1) * 2)).toString('utf16le');
  } finally {
    pdfium.wasmExports.free(buffer);
  }
}

/** Of a page with more letters some are left out: the heights of this many are enough. */
const MOST_MEASURED = 5_000;

function smallestOf(pdfium: Pdfium, loaded: number, letters: number): number | null {
  const box = allocate(pdfium, 16);
  const step = Math.max(1, Math.ceil(letters / MOST_MEASURED));
  const heights: number[] = [];
  try {
    for (let index = 0; index < letters; index += step) {
      if (!isVisible(pdfium._FPDFText_GetUnicode(loaded, index))) continue;
      if (pdfium._FPDFText_GetLooseCharBox(loaded, index, box) === 0) continue;
      // Of print that stands on its side the shorter edge is its height as well: a line is longer than it is high.
      const [left = 0, top = 0, right = 0, bottom = 0] = floatsAt(pdfium, box, 4);
      const height = Math.abs(top - bottom);
      if (height > 0 && Math.abs(right - left) > 0) heights.push(height);
    }
  } finally {
    pdfium.wasmExports.free(box);
  }
  heights.sort((one, other) => one - other);
  return heights[Math.floor(heights.length / 100)] ?? null;
}

function isVisible(unicode: number): boolean {
  return unicode > 0x20 && unicode !== 0xa0 && unicode !== 0xfffe && unicode !== 0xffff;
}

function floatsAt(pdfium: Pdfium, pointer: number, count: number): readonly number[] {
  const { buffer } = pdfium.HEAPU8;
  return Array.from(new Float32Array(buffer, pointer, count));
}
