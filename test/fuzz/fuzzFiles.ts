import { seededRandom } from '../../local/seededRandom.ts';
import { createPdfReader } from '../../shared/documents/pdf/pdfReader.ts';
import { layOutTiffPages, tiffPage } from '../../shared/documents/tiff/tiffPages.ts';
import { ImageRejected } from '../../shared/errors.ts';
import { bytesInHand, type ImageBytes, lookAtImage } from '../../shared/image/lookAtImage.ts';
import { prepareImage } from '../../shared/image/prepareImage.ts';
import { mutateFile } from './mutateFile.ts';
import { type SeedFile, seedFiles } from './seedFiles.ts';

/** What became of one changed file: read, refused with a sentence, or a fault of the reader. */
export type FuzzEnd = 'read' | 'refused' | 'fault';

export interface FuzzedFile {
  readonly kind: SeedFile['kind'];
  readonly name: string;
  /** Draws it again, with the same seed. */
  readonly number: number;
  readonly end: FuzzEnd;
  /** Of a refusal its sentence, of a fault the error. */
  readonly said?: string;
  readonly tookMs: number;
}

const LIMITS = { maxBytes: 10_000_000, maxPixels: 20_000_000 };
const DRAWN_SIDE = 200;
const MOST_PAGES = 3;

/** Changes files at random, and reads each as an analysis would; the same for the same seed. */
export async function* fuzzFiles(asked: {
  readonly seed: number;
  readonly count: number;
  /** Only this one of them. */
  readonly only?: number | undefined;
}): AsyncGenerator<FuzzedFile> {
  const seeds = await seedFiles();
  const reader = createPdfReader();
  const work: Record<SeedFile['kind'], (bytes: Buffer, key: string) => Promise<void>> = {
    pdf: readPdf,
    tiff: readPages,
    heic: (bytes) => readImage(bytesInHand(bytes)),
  };
  try {
    for (let number = 0; number < asked.count; number++) {
      if (asked.only !== undefined && asked.only !== number) continue;
      const random = seededRandom(asked.seed * 1_000_003 + number);
      const seed = seeds[number % seeds.length];
      if (!seed) return;
      const bytes = mutateFile(seed.bytes, random);
      const startedAt = performance.now();
      const ended = await endOf(() => work[seed.kind](bytes, `${number}`));
      const { kind, name } = seed;
      yield { kind, name, number, ...ended, tookMs: Math.round(performance.now() - startedAt) };
    }
  } finally {
    await reader.close();
  }

  async function readPdf(bytes: Buffer, key: string): Promise<void> {
    const file = { key, load: async () => bytes };
    const { boxes } = await reader.boxes(file, MOST_PAGES);
    for (const [page, { widthPt, heightPt }] of boxes.entries()) {
      const scale = DRAWN_SIDE / Math.max(widthPt, heightPt);
      const [width, height] = [widthPt, heightPt].map((side) => Math.max(1, Math.round(side * scale)));
      await reader.draw(file, page, { width: width ?? 1, height: height ?? 1 });
      await reader.text(file, page);
    }
  }
}

async function endOf(work: () => Promise<void>): Promise<{ readonly end: FuzzEnd; readonly said?: string }> {
  try {
    await work();
    return { end: 'read' };
  } catch (error) {
    if (error instanceof ImageRejected && error.detail.endsWith('.')) return { end: 'refused', said: error.detail };
    return { end: 'fault', said: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}

async function readPages(bytes: Buffer): Promise<void> {
  const file = bytesInHand(bytes);
  const pages = await layOutTiffPages(file);
  for (const page of pages.slice(0, MOST_PAGES)) await readImage(tiffPage(file, page));
}

async function readImage(image: ImageBytes): Promise<void> {
  const header = await lookAtImage(image, LIMITS);
  const scale = Math.min(1, DRAWN_SIDE / Math.max(header.width, header.height));
  const [width, height] = [header.width, header.height].map((side) => Math.max(1, Math.round(side * scale)));
  await prepareImage(image, header, { width: width ?? 1, height: height ?? 1 }, LIMITS);
}
