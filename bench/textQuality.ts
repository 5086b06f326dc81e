import { resolve } from 'node:path';
import sharp from 'sharp';
import { type LocalCloud, startCloud } from '../local/cloud/startCloud.ts';
import { buildApp } from '../local/make/build.ts';
import { seenAs } from '../local/regions/imageRule.ts';
import { seedRegions } from '../local/regions/regionOptions.ts';
import { drawingOf, drawSamples, SAMPLE_NAMES } from '../local/samples/quality/drawSamples.ts';
import type { Sample } from '../local/samples/quality/sample.ts';
import { printFigure } from './figure.ts';
import { createTextReader, errorRate, type TextReader } from './readText.ts';

const PROJECT_FOLDER = resolve(import.meta.dirname, '..');
const SEED = 1;

/** Tiles at detail high, as the seed's model takes them. */
const SEED_RULE = { kind: 'tile', baseTokens: 85, tileTokens: 170 } as const;

/**
 * Characters that `text` gets wrong on drawn pages, over the whole way through the app, against the same reader run on
 * the image as the model sees it: what is lost on the way is lost by Argus.
 */
export async function benchTextQuality(): Promise<void> {
  await buildApp();
  const cloud = await startCloud({ appFolder: PROJECT_FOLDER, port: 0, regions: readingRegions() });
  const reader = await createTextReader();
  try {
    for (const language of ['en', 'de'] as const) {
      const names = SAMPLE_NAMES.filter(
        (name) => name.startsWith(`text-${language}-`) && drawingOf(name, SEED).truth.isScored,
      );
      const rates = { app: 0, direct: 0 };
      for await (const sample of drawSamples(SEED, names)) {
        const { app, direct } = await textErrors(sample, { cloud, reader });
        rates.app += app / names.length;
        rates.direct += direct / names.length;
      }
      printFigure({
        figure: `textQuality.${language}`,
        value: 100 * rates.app,
        unit: '% of characters wrong',
        baseline: { name: 'the reader itself', value: 100 * rates.direct },
      });
    }
  } finally {
    await reader.close();
    await cloud.stop();
  }
}

/** Emulated regions that read, without a quota that would have the bench wait. */
export function readingRegions(): ReturnType<typeof seedRegions> {
  return seedRegions().map((region) => ({
    ...region,
    deployments: region.deployments.map((deployment) => ({ ...deployment, tokensPerMinute: 1_000_000 })),
  }));
}

/** Parts (0 to 1) of a page's characters that are wrong: as the app answers, and as the reader itself reads. */
export async function textErrors(
  sample: Sample,
  by: { readonly cloud: Pick<LocalCloud, 'host'>; readonly reader: TextReader },
): Promise<{ readonly app: number; readonly direct: number }> {
  const written = sample.truth.text ?? '';
  const direct = await by.reader.read(await asSeen(sample));
  return { app: errorRate(await appText(sample, by.cloud), written), direct: errorRate(direct, written) };
}

async function appText(sample: Sample, cloud: Pick<LocalCloud, 'host'>): Promise<string> {
  const answer = await fetch(`${cloud.host.url}/api/analyze?task=text`, {
    method: 'POST',
    headers: { 'content-type': 'image/png', prefer: 'wait=120' },
    body: sample.png,
  });
  const analysis = (await answer.json()) as { readonly answer?: { readonly plain: string }; readonly detail?: string };
  if (!analysis.answer) throw new Error(`${sample.name} was not answered: ${answer.status} ${analysis.detail ?? ''}`);
  return analysis.answer.plain;
}

async function asSeen({ png, width, height }: Sample): Promise<Buffer> {
  const seen = seenAs(SEED_RULE, { width, height, detail: 'high' });
  if (seen.kind === 'refused') throw new Error(seen.sentence);
  return await sharp(png).resize(seen.sight.width, seen.sight.height, { fit: 'fill' }).png().toBuffer();
}
