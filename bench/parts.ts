import { resolve } from 'node:path';
import { type LocalCloud, startCloud } from '../local/cloud/startCloud.ts';
import { buildApp } from '../local/make/build.ts';
import { drawPage } from './drawnPage.ts';
import { drawLongPage, drawStrip, type LongImage } from './longImages.ts';
import { errorRate } from './readText.ts';
import { readingRegions } from './textQuality.ts';

const PROJECT_FOLDER = resolve(import.meta.dirname, '..');

const IMAGES: Readonly<Record<string, () => Promise<Pick<LongImage, 'png' | 'lines'>>>> = {
  'screenshot 1080 x 12000, 40 px': () => drawLongPage({ width: 1080, height: 12_000, sizePx: 40 }),
  'screenshot 1080 x 12000, 24 px': () => drawLongPage({ width: 1080, height: 12_000, sizePx: 24 }),
  'panorama 16000 x 200, 60 px': () => drawStrip({ width: 16_000, height: 200, sizePx: 60 }),
  'A4 at 300 dpi, 6 to 9 points': async () => {
    const { png, blocks } = await drawPage({ dpi: 300, points: [6, 7, 8, 9], font: 'DejaVu Serif' });
    return { png, lines: blocks.map(({ text }) => text) };
  },
};

/**
 * Text that is read of images that the seed's model sees too small, whole and in parts: the way through the app, with
 * the emulated regions' reader, at what the regions billed.
 */
export async function benchParts(): Promise<void> {
  await buildApp();
  const cloud = await startCloud({ appFolder: PROJECT_FOLDER, port: 0, regions: readingRegions() });
  try {
    for (const [name, draw] of Object.entries(IMAGES)) {
      const { png, lines } = await draw();
      for (const parts of ['none', 'auto']) {
        const { answer, image, usage, cost, warnings } = await analyzed(png, parts, cloud);
        const wrong = errorRate(answer.plain, lines.join(' '));
        console.log(
          JSON.stringify({
            figure: 'parts',
            image: name,
            parts: image.parts?.count ?? 1,
            sent: `${image.sentWidth}x${image.sentHeight}`,
            readPercent: Math.round(1000 * (1 - wrong)) / 10,
            promptTokens: usage.promptTokens,
            usd: cost.usd,
            warnings: warnings.map(({ code }) => code),
          }),
        );
      }
    }
  } finally {
    await cloud.stop();
  }
}

interface Analysed {
  readonly answer: { readonly plain: string };
  readonly image: {
    readonly sentWidth: number;
    readonly sentHeight: number;
    readonly parts?: { readonly count: number };
  };
  readonly usage: { readonly promptTokens: number };
  readonly cost: { readonly usd: number };
  readonly warnings: readonly { readonly code: string }[];
}

async function analyzed(png: Buffer, parts: string, { host }: Pick<LocalCloud, 'host'>): Promise<Analysed> {
  const answer = await fetch(`${host.url}/api/analyze?task=text&parts=${parts}`, {
    method: 'POST',
    headers: { 'content-type': 'image/png', prefer: 'wait=120' },
    body: png,
  });
  const analysis = (await answer.json()) as Analysed & { readonly detail?: string };
  if (!answer.ok) throw new Error(`${answer.status} ${analysis.detail ?? ''}`);
  return analysis;
}

if (import.meta.filename === process.argv[1]) {
  await benchParts();
  process.exit(0);
}
