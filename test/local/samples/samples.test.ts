import { readdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import { createWorker } from 'tesseract.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import samples from '../../../local/samples/samples.json' with { type: 'json' };
import { ImageRejected } from '../../../shared/errors.ts';
import { FIRST_READ_BYTES, readImageHeader } from '../../../shared/image/heads/readImageHeader.ts';

const FOLDER = fileURLToPath(new URL('../../../local/samples/', import.meta.url));
const read = (file: string): Promise<Buffer> => readFile(join(FOLDER, file));

function headerOf(bytes: Buffer): unknown {
  const reading = readImageHeader(bytes.subarray(0, FIRST_READ_BYTES), { totalBytes: bytes.length });
  return reading.kind === 'header' ? reading.header : reading;
}

function endOf(bytes: Buffer): { state: string; code?: string } {
  try {
    headerOf(bytes);
    return { state: 'succeeded' };
  } catch (error) {
    if (error instanceof ImageRejected) return { state: 'rejected', code: error.code };
    throw error;
  }
}

describe('the samples', () => {
  it('are all listed, with the state in which each ends', async () => {
    const files = (await readdir(FOLDER, { recursive: true })).filter((file) => /\.(?:png|jpg)$/.test(file)).sort();
    expect(samples.map(({ file }) => file).sort()).toEqual(files.map((file) => file.replaceAll('\\', '/')));
    for (const { file, expects, code } of samples) {
      expect({ file, ...endOf(await read(file)) }).toEqual({ file, state: expects, ...(code ? { code } : {}) });
    }
  });

  it('stay small enough to be cloned by everybody: less than 4 MB together', async () => {
    const sizes = await Promise.all(samples.map(async ({ file }) => (await read(file)).length));
    expect(sizes.reduce((sum, bytes) => sum + bytes, 0)).toBeLessThan(4_000_000);
  });

  it('hold one of more than 12 megapixels and one that lies on its side', async () => {
    expect(headerOf(await read('dunes-12-megapixels.jpg'))).toMatchObject({ width: 4_032, height: 3_024 });
    expect(headerOf(await read('footpath-sign-sideways.jpg'))).toMatchObject({
      width: 1_200,
      height: 900,
      rawWidth: 900,
      orientation: 6,
    });
  });
});

describe('the words of the samples', () => {
  let worker: Awaited<ReturnType<typeof createWorker>>;

  beforeAll(async () => {
    const languages = dirname(createRequire(import.meta.url).resolve('@tesseract.js-data/eng/package.json'));
    worker = await createWorker('eng', 1, {
      langPath: join(languages, '4.0.0_best_int'),
      gzip: true,
      cacheMethod: 'none',
    });
  });
  afterAll(() => worker.terminate());

  it.each(samples.flatMap(({ file, words }) => (words ? [{ file, words }] : [])))(
    'in $file can be read at the size at which the model looks (short side 768)',
    async ({ file, words }) => {
      const upright = await sharp(await read(file))
        .autoOrient()
        .png()
        .toBuffer();
      const seen = await sharp(upright).resize(768, 768, { fit: 'outside', withoutEnlargement: true }).png().toBuffer();
      const { text } = (await worker.recognize(seen)).data;
      for (const word of words) expect(text).toContain(word);
    },
  );
});
