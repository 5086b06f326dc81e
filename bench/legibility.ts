import sharp from 'sharp';
import { getModel } from '../shared/catalog/catalog.ts';
import type { Detail } from '../shared/catalog/model.ts';
import { taskOf } from '../shared/tasks/taskOf.ts';
import { seenByModel } from '../shared/tokens/seenByModel.ts';
import { type Quality, sizeToSend } from '../shared/tokens/sizeToSend.ts';
import { cutBlock, drawPage } from './drawnPage.ts';
import { createTextReader, errorRate } from './readText.ts';

const SCAN_DPI = 300;
const A4_HEIGHT_INCHES = 11.69;
const POINTS = [6, 7, 8, 9, 10, 11, 12, 14, 18];

const LEVELS: readonly { readonly model: string; readonly detail: Detail; readonly quality: Quality }[] = [
  ...(['full', 'balanced', 'economy'] as const).map(
    (quality) => ({ model: 'gpt-4o', detail: 'high', quality }) as const,
  ),
  { model: 'gpt-4o', detail: 'low', quality: 'full' },
  ...(['full', 'balanced', 'economy'] as const).map(
    (quality) => ({ model: 'gpt-5.4', detail: 'high', quality }) as const,
  ),
  { model: 'gpt-5.4', detail: 'original', quality: 'full' },
];

/** What each level leaves of text: characters read wrong, in percent, on a page of A4 scanned at 300 dpi. */
export async function benchLegibility(): Promise<void> {
  const reader = await createTextReader();
  try {
    const pages = [
      await drawPage({ dpi: SCAN_DPI, points: POINTS, font: 'DejaVu Sans' }),
      await drawPage({ dpi: SCAN_DPI, points: POINTS, font: 'DejaVu Serif' }),
    ];
    const { widthPx: width, heightPx: height } = pages[0] ?? { widthPx: 0, heightPx: 0 };
    const seenSizes = new Map<number, string>();
    for (const { model, detail, quality } of LEVELS) {
      const { economyFloorPx: floorPx } = taskOf('text');
      const sent = sizeToSend(getModel(model), { width, height }, { detail, quality, floorPx });
      const seen = seenByModel(getModel(model), sent, detail) ?? sent;
      const key = `${model} ${detail} ${quality}`;
      console.log(
        JSON.stringify({
          level: key,
          sent: `${sent.width}x${sent.height}`,
          seen: `${seen.width}x${seen.height}`,
          tokens: sent.tokens,
        }),
      );
      seenSizes.set(seen.height, seenSizes.has(seen.height) ? `${seenSizes.get(seen.height)}, ${key}` : key);
    }
    for (const dpi of [60, 70, 80, 100, 110, 120, 130, 140, 150])
      seenSizes.set(Math.round(dpi * A4_HEIGHT_INCHES), `${dpi} dpi`);
    for (const [seenHeight, level] of [...seenSizes].toSorted(([left], [right]) => left - right)) {
      const wrong: number[][] = POINTS.map(() => []);
      for (const page of pages) {
        const seen = await sharp(page.png).resize({ height: seenHeight }).png().toBuffer();
        for (const [place, block] of page.blocks.entries()) {
          wrong[place]?.push(errorRate(await reader.read(await cutBlock(seen, block)), block.text));
        }
      }
      const percent = wrong.map(
        (rates) => Math.round((1000 * rates.reduce((sum, rate) => sum + rate, 0)) / rates.length) / 10,
      );
      console.log(
        JSON.stringify({
          figure: 'legibility',
          level,
          seenHeight,
          dpi: Math.round(seenHeight / A4_HEIGHT_INCHES),
          wrongPercentByPoints: Object.fromEntries(POINTS.map((points, place) => [points, percent[place]])),
        }),
      );
    }
  } finally {
    await reader.close();
  }
}

if (import.meta.filename === process.argv[1]) await benchLegibility();
