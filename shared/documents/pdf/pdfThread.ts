import { parentPort, workerData } from 'node:worker_threads';
import type { WasmThreadData } from '../../concurrency/boundWasmMemory.ts';
import { type Pdfium, startPdfium } from './pdfium.ts';
import {
  type OpenPdf,
  openPdf,
  type PageBox,
  type PageDrawing,
  type PagePixels,
  type PageText,
  PdfRefused,
} from './pdfPages.ts';

/** The thread in which documents are read: what a hostile one does to it, the process survives. */

/** What is asked of the document with this key, which is open or comes along. */
export interface PdfAsk {
  readonly key: string;
  readonly bytes?: Uint8Array;
  readonly work:
    | { readonly kind: 'boxes'; readonly firstPages: number }
    | { readonly kind: 'draw'; readonly page: number; readonly drawing: PageDrawing }
    | { readonly kind: 'text'; readonly page: number };
}

export type PdfReply =
  | {
      readonly kind: 'done';
      readonly value: { pages: number; boxes: readonly PageBox[] } | PagePixels | PageText;
      readonly heldBytes: number;
    }
  /** The document is not open here. */
  | { readonly kind: 'absent' }
  | { readonly kind: 'refused'; readonly reason: PdfRefused['reason'] };

/** Those read last stay open; a document of 100 MB is open alone. */
const MOST_OPEN = 4;
const MOST_OPEN_BYTES = 100_000_000;

const { mostBytes } = workerData as WasmThreadData;
const starting = startPdfium(mostBytes);
const open = new Map<string, { readonly pdf: OpenPdf; readonly bytes: number }>();

parentPort?.on('message', async (ask: PdfAsk) => {
  const reply = answer(await starting, ask);
  const moved = reply.kind === 'done' && 'rgb' in reply.value ? [reply.value.rgb.buffer as ArrayBuffer] : [];
  parentPort?.postMessage(reply, moved);
});

function answer(pdfium: Pdfium, { key, bytes, work }: PdfAsk): PdfReply {
  try {
    const pdf = bytes ? opened(pdfium, key, bytes) : open.get(key)?.pdf;
    if (!pdf) return { kind: 'absent' };
    return { kind: 'done', value: resultOf(pdf, work), heldBytes: pdfium.HEAPU8.byteLength };
  } catch (error) {
    if (error instanceof PdfRefused) return { kind: 'refused', reason: error.reason };
    throw error;
  }
}

function opened(pdfium: Pdfium, key: string, bytes: Uint8Array): OpenPdf {
  let openBytes = [...open.values()].reduce((sum, document) => sum + document.bytes, bytes.length);
  for (const [oldest, document] of open) {
    if (open.size < MOST_OPEN && openBytes <= MOST_OPEN_BYTES) break;
    document.pdf.close();
    open.delete(oldest);
    openBytes -= document.bytes;
  }
  const pdf = openPdf(pdfium, bytes);
  open.set(key, { pdf, bytes: bytes.length });
  return pdf;
}

function resultOf(pdf: OpenPdf, work: PdfAsk['work']): Extract<PdfReply, { kind: 'done' }>['value'] {
  switch (work.kind) {
    case 'boxes':
      return { pages: pdf.pages, boxes: pdf.boxes(work.firstPages) };
    case 'draw':
      return pdf.draw(work.page, work.drawing);
    case 'text':
      return pdf.text(work.page);
  }
}
