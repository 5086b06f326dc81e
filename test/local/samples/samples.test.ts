import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import { afterAll, describe, expect, it } from 'vitest';
import { createWordReader } from '../../../local/regions/wordReader.ts';
import { drawStockList } from '../../../local/samples/drawing/documents.ts';
import samples from '../../../local/samples/samples.json' with { type: 'json' };
import { heldFile, type OpenedFile } from '../../../shared/documents/openedFile.ts';
import { ImageRejected } from '../../../shared/errors.ts';
import { FIRST_READ_BYTES, readImageHeader } from '../../../shared/image/heads/readImageHeader.ts';
import { documentParts } from '../../support/documents.ts';

const FOLDER = fileURLToPath(new URL('../../../local/samples/', import.meta.url));
const read = (file: string): Promise<Buffer> => readFile(join(FOLDER, file));

function headerOf(bytes: Buffer): unknown {
  const reading = readImageHeader(bytes.subarray(0, FIRST_READ_BYTES), { totalBytes: bytes.length });
  return reading.kind === 'header' ? reading.header : reading;
}

const { documents } = documentParts();

async function opened(file: string): Promise<OpenedFile> {
  return await documents.open(heldFile(await read(file), file));
}

async function endOf(file: string): Promise<{ state: string; code?: string }> {
  try {
    await opened(file);
    return { state: 'succeeded' };
  } catch (error) {
    if (error instanceof ImageRejected) return { state: 'rejected', code: error.code };
    throw error;
  }
}

/** What a model looks at, page by page: upright, the short side of 768 pixels. */
async function seenIn(file: string): Promise<readonly Buffer[]> {
  const found = await opened(file);
  const images =
    found.kind === 'image'
      ? [found.image]
      : await Promise.all(Array.from({ length: found.pages }, (_, place) => found.openPage(place + 1)));
  return await Promise.all(
    images.map(async (image) => {
      const scale = Math.min(1, 768 / Math.min(image.width, image.height));
      const target = { width: Math.round(image.width * scale), height: Math.round(image.height * scale) };
      const { bytes } = await image.prepare(target, { onDigest: () => undefined });
      return await sharp(bytes).png().toBuffer();
    }),
  );
}

describe('the samples', () => {
  it('are all listed, with the state in which each ends', async () => {
    const files = (await readdir(FOLDER, { recursive: true }))
      .filter((file) => /\.(?:png|jpg|tif|pdf|heic)$/.test(file))
      .sort();
    expect(samples.map(({ file }) => file).sort()).toEqual(files.map((file) => file.replaceAll('\\', '/')));
    for (const { file, expects, code } of samples) {
      expect({ file, ...(await endOf(file)) }).toEqual({ file, state: expects, ...(code ? { code } : {}) });
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

describe('the documents of the samples', () => {
  it('are a PDF of three pages, which code draws to the byte, and a TIFF of two that is packed as scanners do', async () => {
    expect(Buffer.from(await drawStockList()).equals(await read('tables/stock-list.pdf'))).toBe(true);
    expect(await opened('tables/stock-list.pdf')).toMatchObject({ kind: 'document', format: 'pdf', pages: 3 });
    expect(await opened('text/minutes.tif')).toMatchObject({ kind: 'document', format: 'tiff', pages: 2 });
    const pages = [0, 1].map((page) => sharp(join(FOLDER, 'text/minutes.tif'), { page }).metadata());
    for (const page of await Promise.all(pages)) expect(page).toMatchObject({ bitsPerSample: 1, width: 1_000 });
  });
});

describe('the words of the samples', () => {
  const reader = createWordReader();
  afterAll(() => reader.close());

  it.each(samples.flatMap(({ file, words }) => (words ? [{ file, words }] : [])))(
    'in $file can be read at the size at which the model looks (short side 768)',
    async ({ file, words }) => {
      const lines = await Promise.all((await seenIn(file)).map(reader.read));
      const text = lines
        .flat()
        .map((line) => line.text)
        .join('\n');
      for (const word of words) expect(text).toContain(word);
    },
  );
});
