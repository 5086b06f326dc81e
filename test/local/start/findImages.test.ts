import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findImages } from '../../../local/start/findImages.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'find-images-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('findImages', () => {
  it('names in an empty folder every ending that it would have taken', async () => {
    const error = await findImages(folder).catch((thrown: Error) => thrown);
    const endings =
      String(error)
        .split('ends in')[1]
        ?.match(/\.[a-z]{3,4}\b/g) ?? [];
    expect(String(error)).toMatch(/holds no images: no file there ends in \.png, .+ or \.pdf\.$/);
    const files = endings.map((ending, index) => `${index}${index % 2 ? ending : ending.toUpperCase()}`);
    for (const file of [...files, 'notes.txt', 'apng', '.hidden.png']) await writeFile(join(folder, file), '');
    expect(await findImages(folder)).toEqual(files.toSorted());
  });
});
