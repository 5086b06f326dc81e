import sharp from 'sharp';
import { getModel } from '../shared/catalog/catalog.ts';
import type { Detail, Model } from '../shared/catalog/model.ts';
import { priceAt, usualSku } from '../shared/catalog/price.ts';
import { readImageHeader } from '../shared/image/heads/readImageHeader.ts';
import { bytesInHand } from '../shared/image/lookAtImage.ts';
import { prepareImage } from '../shared/image/prepareImage.ts';
import { taskOf } from '../shared/tasks/taskOf.ts';
import { countImageTokens } from '../shared/tokens/imageTokens.ts';
import { seenByModel } from '../shared/tokens/seenByModel.ts';
import { sizeToSend } from '../shared/tokens/sizeToSend.ts';
import { cutBlock, drawPage } from './drawnPage.ts';
import { printFigure } from './figure.ts';
import { imageMix, type MixedImage } from './imageMix.ts';
import { createTextReader, errorRate, type TextReader } from './readText.ts';

const SEED = 20_261_123;
const MODELS = [
  { name: 'gpt-4o', kind: 'tile' },
  { name: 'gpt-5.4', kind: 'patch' },
  { name: 'gpt-5.6-terra', kind: 'patch, full size by default' },
] as const;
const QUALITIES = ['full', 'balanced', 'economy'] as const;
const LIMITS = { maxBytes: 100 * 1024 * 1024, maxPixels: 268_402_689 };

/** What each quality saves over a realistic mix against sending originals, and what `full` costs in legibility. */
export async function benchQuality(): Promise<void> {
  const mix = imageMix(SEED);
  for (const { name, kind } of MODELS) compareTokens(getModel(name), kind, mix);
  const reader = await createTextReader();
  try {
    for (const { name } of MODELS) await compareReading(getModel(name), reader);
  } finally {
    await reader.close();
  }
}

/** Images that the service refuses as they are cannot be compared: they are left out, and counted. */
function compareTokens(model: Model, kind: string, mix: readonly MixedImage[]): void {
  const { automaticDetail } = model.imageTokens;
  const detailByDefault: Detail = automaticDetail === 'unknown' ? 'high' : automaticDetail;
  const originals = mix.flatMap((image) => {
    const counted = countImageTokens(model, image, detailByDefault);
    return counted.kind === 'counted' ? [{ image, tokens: counted.tokens }] : [];
  });
  const original = sum(originals.map(({ tokens }) => tokens));
  const usdPerToken = (priceAt(model, { sku: usualSku(model), atMs: Date.now() })?.input ?? Number.NaN) / 1e6;
  const figure = `quality.${kind}.${model.name}`;
  printFigure({ figure: `${figure}.refusedAsTheyAre`, value: mix.length - originals.length, unit: `of ${mix.length}` });
  for (const quality of QUALITIES) {
    const { economyFloorPx: floorPx } = taskOf('analyze');
    const sent = sum(
      originals.map(({ image }) => sizeToSend(model, image, { detail: 'high', quality, floorPx }).tokens),
    );
    const baseline = { name: `originals at detail ${detailByDefault}`, value: original / originals.length };
    printFigure({ figure: `${figure}.${quality}.tokens`, value: sent / originals.length, unit: 'a image', baseline });
    const perThousand = (tokens: number): number => (tokens / originals.length) * usdPerToken * 1000;
    printFigure({
      figure: `${figure}.${quality}.cost`,
      value: perThousand(sent),
      unit: 'USD a 1,000 images',
      baseline: { name: baseline.name, value: perThousand(original) },
    });
  }
}

/** Letters read wrong on what is sent at `full`, against the page as the model itself would shrink it. */
async function compareReading(model: Model, reader: TextReader): Promise<void> {
  const points = [8, 9, 10, 11, 12, 14];
  const sentErrors: number[] = [];
  const seenErrors: number[] = [];
  for (const font of ['DejaVu Sans', 'DejaVu Serif'] as const) {
    for (const dpi of [150, 300]) {
      const page = await drawPage({ dpi, points, font });
      const size = { width: page.widthPx, height: page.heightPx };
      const reading = readImageHeader(page.png, { totalBytes: page.png.byteLength });
      if (reading.kind !== 'header') throw new Error('The drawn page has no header.');
      const target = sizeToSend(model, size, { detail: 'high', quality: 'full' });
      const seen = seenByModel(model, size, 'high') ?? target;
      const sent = await prepareImage(bytesInHand(page.png), reading.header, target, LIMITS);
      const pictures = {
        sent: await sharp(sent.bytes).resize({ width: seen.width, height: seen.height, fit: 'fill' }).png().toBuffer(),
        seen: await sharp(page.png).resize({ width: seen.width, height: seen.height, fit: 'fill' }).png().toBuffer(),
      };
      for (const block of page.blocks) {
        sentErrors.push(errorRate(await reader.read(await cutBlock(pictures.sent, block)), block.text));
        seenErrors.push(errorRate(await reader.read(await cutBlock(pictures.seen, block)), block.text));
      }
    }
  }
  const [sent, seen] = [sentErrors, seenErrors].map((rates) => (100 * sum(rates)) / rates.length) as [number, number];
  const figure = `quality.ocr.${model.name}.full`;
  printFigure({ figure: `${figure}.lettersWrong`, value: sent, unit: '%' });
  printFigure({ figure: `${figure}.lettersWrongAsSeenByModel`, value: seen, unit: '%' });
  printFigure({ figure: `${figure}.difference`, value: sent - seen, unit: 'points' });
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

if (import.meta.filename === process.argv[1]) await benchQuality();
