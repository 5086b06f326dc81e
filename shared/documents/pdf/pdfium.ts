import { PDFiumModule } from '@hyzyla/pdfium';
import { boundWasmMemory } from '../../concurrency/boundWasmMemory.ts';

/**
 * What is called of PDFium, Chromium's renderer (public/fpdfview.h, fpdf_text.h, fpdf_formfill.h), as WebAssembly. It has no
 * engine for scripts, and reaches neither files nor the network. Pointers are numbers; 0 is none.
 */
export interface Pdfium {
  readonly HEAPU8: Uint8Array;
  readonly wasmExports: { malloc(bytes: number): number; free(pointer: number): void };
  _FPDF_InitLibraryWithConfig(config: number): void;
  _FPDF_LoadMemDocument(bytes: number, length: number, password: number): number;
  _FPDF_GetLastError(): number;
  _FPDF_CloseDocument(document: number): void;
  _FPDF_GetPageCount(document: number): number;
  _FPDF_GetPageSizeByIndexF(document: number, index: number, size: number): number;
  _FPDF_LoadPage(document: number, index: number): number;
  _FPDF_ClosePage(page: number): void;
  _FPDFBitmap_CreateEx(width: number, height: number, format: number, pixels: number, stride: number): number;
  _FPDFBitmap_FillRect(bitmap: number, left: number, top: number, width: number, height: number, color: number): void;
  _FPDFBitmap_Destroy(bitmap: number): void;
  _FPDF_RenderPageBitmap(...drawing: Drawing): void;
  _FPDF_FFLDraw(form: number, ...drawing: Drawing): void;
  _FPDFDOC_InitFormFillEnvironment(document: number, info: number): number;
  _FPDFDOC_ExitFormFillEnvironment(form: number): void;
  _FORM_OnAfterLoadPage(page: number, form: number): void;
  _FORM_OnBeforeClosePage(page: number, form: number): void;
  _FPDFText_LoadPage(page: number): number;
  _FPDFText_ClosePage(text: number): void;
  _FPDFText_CountChars(text: number): number;
  _FPDFText_GetUnicode(text: number, index: number): number;
  _FPDFText_GetLooseCharBox(text: number, index: number, box: number): number;
  _FPDFText_GetText(text: number, start: number, count: number, buffer: number): number;
}

/** Bitmap, page, left, top, width and height of the whole page in pixels, further quarter turns, flags. */
type Drawing = [
  bitmap: number,
  page: number,
  left: number,
  top: number,
  width: number,
  height: number,
  turns: number,
  flags: number,
];

/** Its own messages do not name the document, so they are dropped. */
const QUIET: object = { print: () => undefined, printErr: () => undefined };

/** Starts PDFium in this thread, whose modules it bounds: a document that wants more memory cannot be read. */
export async function startPdfium(mostBytes: number): Promise<Pdfium> {
  boundWasmMemory(mostBytes);
  const pdfium = (await PDFiumModule(QUIET)) as unknown as Pdfium;
  pdfium._FPDF_InitLibraryWithConfig(0);
  return pdfium;
}
