import { mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { drawSamples, SAMPLE_NAMES } from './quality/drawSamples.ts';
import type { Truth } from './quality/sample.ts';

const USAGE = 'npm run samples -- FOLDER [--seed N]';
const DEFAULT_SEED = 1;

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
  const { positionals, values } = parseArgs({ allowPositionals: true, options: { seed: { type: 'string' } } });
  const [folder, ...others] = positionals;
  const seed = Number(values.seed ?? DEFAULT_SEED);
  if (folder === undefined || others.length > 0 || !Number.isSafeInteger(seed)) {
    console.error(`Usage: ${USAGE}; N is a whole number.`);
    process.exit(1);
  }
  await generateSamples(resolve(folder), { seed });
  console.log(`${SAMPLE_NAMES.length} images and truth.json are in ${resolve(folder)} (seed ${seed}).`);
}
