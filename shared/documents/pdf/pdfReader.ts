import pLimit from 'p-limit';
import { createBoundedWorker, workerFile } from '../../concurrency/boundedWorker.ts';
import { MOST_HELD_BYTES, type WasmThreadData } from '../../concurrency/boundWasmMemory.ts';
import { ImageRejected } from '../../errors.ts';
import type { PageBox, PageDrawing, PagePixels, PageText, PdfRefused } from './pdfPages.ts';
import type { PdfAsk, PdfReply } from './pdfThread.ts';

/** A version of a document, whose bytes are loaded when they are needed. */
export interface PdfFile {
  /** The same for the same bytes. */
  readonly key: string;
  readonly load: () => Promise<Buffer>;
}

export interface PdfReader {
  /** How many pages it has, and the boxes of the first of them. No page is drawn. */
  readonly boxes: (
    file: PdfFile,
    firstPages: number,
  ) => Promise<{ readonly pages: number; readonly boxes: readonly PageBox[] }>;
  /** A page, counted from 0, in exactly so many pixels. */
  readonly draw: (file: PdfFile, page: number, drawing: PageDrawing) => Promise<PagePixels>;
  readonly text: (file: PdfFile, page: number) => Promise<PageText>;
  readonly close: () => Promise<void>;
}

interface ReaderBounds {
  /** The longest that one page, or the opening of a document, may take. */
  readonly longestMs: number;
  /** The most memory that the renderer may use. */
  readonly mostBytes: number;
}

const BOUNDS: ReaderBounds = { longestMs: 60_000, mostBytes: 512 * 2 ** 20 };

/**
 * Reads documents in a thread of its own, one page after the other, within bounds of time and memory. The thread starts with
 * the first document. All methods throw `ImageRejected` for a document or page that cannot be read: `unsupported-format` where
 * it is locked by a password, else `broken-image`; and whatever `load` throws.
 */
export function createPdfReader(bounds: Partial<ReaderBounds> = {}): PdfReader {
  const { longestMs, mostBytes } = { ...BOUNDS, ...bounds };
  const inTurn = pLimit(1);
  const data: WasmThreadData = { mostBytes };
  const thread = createBoundedWorker<PdfAsk, PdfReply>({
    file: workerFile(import.meta.url, 'pdfThread'),
    data,
    longestMs,
  });

  async function read<Value>(file: PdfFile, work: PdfAsk['work']): Promise<Value> {
    return await inTurn(async () => {
      const { key } = file;
      let reply = thread.isRunning() ? await ask({ key, work }) : ({ kind: 'absent' } as const);
      if (reply.kind === 'absent') {
        const bytes = new Uint8Array(await file.load());
        reply = await ask({ key, work, bytes });
      }
      if (reply.kind === 'done') {
        if (reply.heldBytes > MOST_HELD_BYTES) await thread.end();
        return reply.value as Value;
      }
      throw reply.kind === 'refused' ? refused(reply.reason, work) : new Error('The document was not opened.');
    });
  }

  async function ask(question: PdfAsk): Promise<PdfReply> {
    const moved = question.bytes ? [question.bytes.buffer as ArrayBuffer] : [];
    const answered = await thread.ask(question, moved);
    switch (answered.kind) {
      case 'done':
        return answered.value;
      case 'late':
        throw broken(question.work, `it takes longer than ${longestMs / 1000} s to draw`);
      case 'died':
        // A renderer that does not start at all says nothing about the document.
        if (!(await canStart())) throw new Error('The renderer of PDFs cannot be started.', { cause: answered.cause });
        throw broken(question.work, 'it stops the renderer', answered.cause);
    }
  }

  /** Whether another thread answers; it has no document open. */
  async function canStart(): Promise<boolean> {
    const probe: PdfAsk = { key: '', work: { kind: 'boxes', firstPages: 0 } };
    return (await thread.ask(probe)).kind === 'done';
  }

  return {
    boxes: (file, firstPages) => read(file, { kind: 'boxes', firstPages }),
    draw: (file, page, drawing) => read(file, { kind: 'draw', page, drawing }),
    text: (file, page) => read(file, { kind: 'text', page }),
    close: () => inTurn(thread.end),
  };
}

function refused(reason: PdfRefused['reason'], work: PdfAsk['work']): ImageRejected {
  if (reason === 'broken')
    return broken(work, work.kind === 'boxes' ? 'it has no readable structure' : 'it cannot be read');
  return new ImageRejected(
    'unsupported-format',
    'The PDF is locked by a password; save it without one, and send it again.',
  );
}

function broken(work: PdfAsk['work'], why: string, cause?: unknown): ImageRejected {
  const what = work.kind === 'boxes' ? 'The PDF' : `Page ${work.page + 1} of the PDF`;
  return new ImageRejected('broken-image', `${what} is broken: ${why}.`, { cause });
}
