import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { createWorker } from 'tesseract.js';
import { editsBetween } from '../shared/catalog/nearestNames.ts';

/** Reads text off images with the packaged English data, one at a time. */
export interface TextReader {
  readonly read: (png: Buffer) => Promise<string>;
  readonly close: () => Promise<unknown>;
}

export async function createTextReader(): Promise<TextReader> {
  const packageFile = createRequire(import.meta.url).resolve('@tesseract.js-data/eng/package.json');
  const langPath = join(dirname(packageFile), '4.0.0_best_int');
  const worker = await createWorker('eng', 1, { langPath, gzip: true, cacheMethod: 'none' });
  await worker.setParameters({ user_defined_dpi: '150' });
  return { read: async (png) => (await worker.recognize(png)).data.text, close: () => worker.terminate() };
}

/** Letters to put in, take out or change, as a part of those that are there; white space counts once. */
export function errorRate(read: string, written: string): number {
  const [from, to] = [read, written].map((text) => text.replace(/\s+/g, ' ').trim()) as [string, string];
  return Math.min(1, editsBetween(from, to) / to.length);
}
