import { readdir, readFile } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';

export interface Sample {
  /** Path below the samples folder, with slashes. */
  readonly file: string;
  readonly expects: 'succeeded' | 'rejected';
  readonly code?: string;
  /** Words that the answer must hold. */
  readonly words?: readonly string[];
}

/** Files whose names look like pictures; their content is checked later. */
const ENDINGS = 'png jpg jpeg webp gif tif tiff avif heic heif bmp svg pdf'.split(' ').map((ending) => `.${ending}`);

/**
 * Files of the folder and those below it that look like pictures, as paths with slashes, sorted.
 *
 * @throws Error with a sentence when the folder cannot be read or holds none
 */
export async function findImages(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true }).catch(
    (error: NodeJS.ErrnoException) => {
      const reason =
        error.code === 'ENOENT'
          ? 'the folder does not exist'
          : error.code === 'ENOTDIR'
            ? 'it is a file'
            : error.message;
      throw new Error(`${folder} cannot be read: ${reason}.`);
    },
  );
  const files = entries
    // Links are followed when they are read, and reported if that fails.
    .filter(
      (entry) => (entry.isFile() || entry.isSymbolicLink()) && isPicture(entry.name) && !entry.name.startsWith('.'),
    )
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .sort();
  if (files.length === 0) {
    const endings = `${ENDINGS.slice(0, -1).join(', ')} or ${ENDINGS.at(-1)}`;
    throw new Error(`${folder} holds no images: no file there ends in ${endings}.`);
  }
  return files;
}

function isPicture(name: string): boolean {
  return ENDINGS.some((ending) => name.toLowerCase().endsWith(ending));
}

export async function readSamples(folder: string): Promise<readonly Sample[]> {
  return JSON.parse(await readFile(join(folder, 'samples.json'), 'utf8')) as readonly Sample[];
}
