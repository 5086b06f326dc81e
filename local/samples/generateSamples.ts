import { mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { commandLineOrExit } from '../process/commandLine.ts';
import { wholeNumber } from '../process/options.ts';
import { drawSamples, SAMPLE_NAMES } from './quality/drawSamples.ts';
import type { Truth } from './quality/sample.ts';

const COMMAND = {
  name: 'npm run samples',
  does: `Draws ${SAMPLE_NAMES.length} labelled images, and writes what each shows into truth.json beside them (docs/samples.md).`,
  operands: { word: 'FOLDER', says: 'is made where it is missing', least: 1, most: 1 },
  options: { seed: wholeNumber('other images from another seed, the same from the same', { fallback: 1 }) },
};

/** Draws the labelled images into a folder, and what they show into `truth.json` there. */
export async function generateSamples(
  folder: string,
  { seed, names = SAMPLE_NAMES }: { readonly seed: number; readonly names?: readonly string[] },
): Promise<void> {
  await mkdir(folder, { recursive: true });
  const images: (Truth & { readonly file: string; readonly width: number; readonly height: number })[] = [];
  for await (const { name, png, width, height, truth } of drawSamples(seed, names)) {
    const file = `${name}.png`;
    await writeFile(join(folder, file), png);
    images.push({ file, width, height, ...truth });
  }
  await writeFile(join(folder, 'truth.json'), `${JSON.stringify({ seed, images }, null, 2)}\n`);
}

if (import.meta.main) {
  const { values, operands } = commandLineOrExit(COMMAND);
  const folder = resolve(operands[0] ?? '');
  await generateSamples(folder, values);
  console.log(`${SAMPLE_NAMES.length} images and truth.json are in ${folder} (seed ${values.seed}).`);
}
