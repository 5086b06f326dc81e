import { createRequire } from 'node:module';
import path from 'node:path';
import type { Worker } from 'tesseract.js';
import type { Seen } from './seen.ts';

/** Reads words off an image, one image at a time, with the packaged English data: no network, no cache on disk. */
export interface WordReader {
  readonly read: (png: Buffer) => Promise<Seen['lines']>;
  readonly close: () => Promise<void>;
}

/** Percent. What is read with less is noise of pictures more often than text, of one or two characters all the more. */
const leastConfidence = 60;
const leastConfidenceOfShort = 80;
/** A paragraph of at least so many sure words is one of text. */
const leastSureWords = 3;

/** The worker behind it (a thread, 0.3 to 0.5 s to start) is started by the first image. */
export function createWordReader(): WordReader {
  let worker: Promise<Worker> | undefined;
  const start = async (): Promise<Worker> => {
    const { createWorker } = await import('tesseract.js');
    const packageFile = createRequire(import.meta.url).resolve('@tesseract.js-data/eng/package.json');
    const langPath = path.join(path.dirname(packageFile), '4.0.0_best_int');
    const started = await createWorker('eng', 1, {
      langPath,
      gzip: true,
      cacheMethod: 'none',
      // Without it the library throws in its message handler, where it cannot be caught; the promise is rejected too.
      errorHandler: () => undefined,
    });
    // Otherwise it takes the resolution from the file, and complains about some.
    await started.setParameters({ user_defined_dpi: '150' });
    return started;
  };
  let line: Promise<unknown> = Promise.resolve();
  return {
    read: (png) => {
      worker ??= start();
      const current = worker;
      const result = line.then(async () => {
        const page = await (await current).recognize(png, {}, { blocks: true, text: false });
        return linesOf(page.data.blocks ?? []);
      });
      line = result.catch(() => undefined);
      return result;
    },
    close: async () => {
      await line;
      await worker?.then(
        (started) => started.terminate(),
        () => undefined,
      );
      worker = undefined;
    },
  };
}

function linesOf(blocks: readonly Tesseract.Block[]): Seen['lines'] {
  const paragraphs = blocks.flatMap((block) => block.paragraphs);
  const heights = paragraphs.flatMap(({ lines }) => lines.flatMap(({ words }) => words.map(heightOf)));
  const usualPx = heights.sort((one, other) => one - other)[Math.floor(heights.length / 2)] ?? 0;
  // A bar of a chart is read as a single huge letter.
  const isShape = (word: Tesseract.Word): boolean => word.text.length <= 2 && heightOf(word) > 3 * usualPx;
  return paragraphs
    .flatMap(({ lines }, paragraph) => {
      const isKept = isProse(lines.flatMap(({ words }) => words)) ? hasLetters : isText;
      return lines.map((line) => ({ line, paragraph, isKept }));
    })
    .map(({ line, paragraph, isKept }) => {
      const words = line.words
        .filter((word) => isKept(word) && !isShape(word))
        .map(({ text, confidence, bbox }) => {
          return { text, confidence, left: bbox.x0, top: bbox.y0, right: bbox.x1, bottom: bbox.y1 };
        });
      return { words, text: words.map((word) => word.text).join(' '), paragraph };
    })
    .filter((line) => line.words.length > 0);
}

function heightOf({ bbox }: Tesseract.Word): number {
  return bbox.y1 - bbox.y0;
}

/** Words that are mostly sure: the others are words too, of another language or in small print. Noise has no such paragraphs. */
function isProse(words: readonly Tesseract.Word[]): boolean {
  const sure = words.filter(isText).length;
  return sure >= leastSureWords && sure * 2 >= words.length;
}

function isText(word: Tesseract.Word): boolean {
  return hasLetters(word) && word.confidence >= (word.text.length > 2 ? leastConfidence : leastConfidenceOfShort);
}

function hasLetters({ text }: Tesseract.Word): boolean {
  return /[\p{L}\p{N}]/u.test(text);
}
