import sharp, { type Sharp } from 'sharp';
import { lookOf } from '../../shared/pool/imageLook.ts';
import { outputCapFor, type SeenLength } from '../../shared/pool/outputCap.ts';
import { drawPage } from '../drawnPage.ts';
import { normal, randomNumbers } from '../pool/randomNumbers.ts';

const DPI = 60;
const TASK_CAP = 800;
/** As few as teach a cap, and some more. */
const EACH = 24;
/** Of a label's and of an invoice's answer. */
const TOKENS = { label: 120, invoice: 480 } as const;

/** Blocks of text of these sizes: a page with a little on it, and a page that is full. */
const POINTS = {
  label: [[18], [14, 18], [12, 14], [18, 12], [14]],
  invoice: [
    [8, 9, 8, 9, 8, 9, 8, 9],
    [9, 9, 9, 9, 8, 8, 8],
    [8, 8, 8, 8, 8, 8, 8, 8, 8],
    [9, 8, 10, 9, 8, 9, 8],
  ],
} as const;

const ENCODINGS: Readonly<Record<string, (image: Sharp, random: () => number) => Sharp>> = {
  png: (image) => image.png(),
  'jpeg, quality 60': (image) => image.jpeg({ quality: 60 }),
  'jpeg, quality 80': (image) => image.jpeg({ quality: 80 }),
  'jpeg, quality 92': (image) => image.jpeg({ quality: 92 }),
  'jpeg, any quality from 60 to 92': (image, random) => image.jpeg({ quality: 60 + Math.round(32 * random()) }),
  webp: (image) => image.webp(),
};

/** Grain of a sensor, in levels of 255: a scan has none, a photo in good light some, in poor light much. */
const GRAINS = [0, 4] as const;

interface LooksResult {
  readonly encoding: string;
  readonly grain: number;
  /** After 24 labels: invoices that get the task's cap because they look like none of them, in percent. */
  readonly invoicesUnlike: number;
  /** After 24 labels: labels that get the task's cap although they are like the others, in percent. */
  readonly labelsUnlike: number;
  /** After 24 of each: the mean cap of labels, and of invoices. */
  readonly caps: { readonly label: number; readonly invoice: number };
}

/** Whether size and bytes of drawn pages separate labels from invoices, in the formats that people send. */
export async function playDrawnLooks(): Promise<readonly LooksResult[]> {
  const results: LooksResult[] = [];
  const drawn = { label: await drawAll('label'), invoice: await drawAll('invoice') };
  for (const grain of GRAINS) {
    const random = randomNumbers(7);
    const grained = (png: Buffer): Promise<Sharp> => withGrain(png, grain, random);
    const labels = await Promise.all(Array.from({ length: 2 * EACH }, (_, place) => grained(nth(drawn.label, place))));
    const invoices = await Promise.all(Array.from({ length: EACH }, (_, place) => grained(nth(drawn.invoice, place))));
    for (const [encoding, encode] of Object.entries(ENCODINGS)) {
      const looksOf = async (images: readonly Sharp[]): Promise<readonly number[]> => {
        const looks: number[] = [];
        for (const image of images) looks.push(await lookAt(encode(image.clone(), random)));
        return looks;
      };
      results.push({ encoding, grain, ...judge(await looksOf(labels), await looksOf(invoices)) });
    }
  }
  return results;
}

async function drawAll(kind: 'label' | 'invoice'): Promise<readonly Buffer[]> {
  const pages: Buffer[] = [];
  for (const font of ['DejaVu Sans', 'DejaVu Serif'] as const) {
    for (const points of POINTS[kind]) pages.push((await drawPage({ dpi: DPI, points, font })).png);
  }
  return pages;
}

function nth(pages: readonly Buffer[], place: number): Buffer {
  const page = pages[place % pages.length];
  if (page === undefined) throw new Error('There are no pages.');
  return page;
}

async function lookAt(image: Sharp): Promise<number> {
  const { data, info } = await image.toBuffer({ resolveWithObject: true });
  return lookOf({ format: info.format, pixels: info.width * info.height, bytes: data.length });
}

function judge(labels: readonly number[], invoices: readonly number[]): Omit<LooksResult, 'encoding' | 'grain'> {
  const seen = labels.slice(0, EACH).map((look) => lengthOf(look, TOKENS.label));
  const both = [...seen, ...invoices.map((look) => lengthOf(look, TOKENS.invoice))];
  const unlike = (looks: readonly number[]): number =>
    Math.round((100 * looks.filter((look) => outputCapFor(seen, look, TASK_CAP) === TASK_CAP).length) / looks.length);
  const meanCap = (looks: readonly number[]): number =>
    Math.round(looks.reduce((sum, look) => sum + outputCapFor(both, look, TASK_CAP), 0) / looks.length);
  return {
    invoicesUnlike: unlike(invoices),
    labelsUnlike: unlike(labels.slice(EACH)),
    caps: { label: meanCap(labels.slice(EACH)), invoice: meanCap(invoices) },
  };
}

function lengthOf(look: number, tokens: number): SeenLength {
  return { look, tokens, wasCut: false };
}

/** Drawn once: a page has three million levels. */
const NOISE = Float32Array.from(
  { length: 65_536 },
  (() => {
    const random = randomNumbers(3);
    return () => normal(random);
  })(),
);

async function withGrain(png: Buffer, grain: number, random: () => number): Promise<Sharp> {
  const { data, info } = await sharp(png).removeAlpha().raw().toBuffer({ resolveWithObject: true });
  // Uint8Array would wrap what is above 255.
  const grained = Uint8ClampedArray.from(
    data,
    (level) => 20 + 0.85 * level + grain * (NOISE[Math.floor(random() * NOISE.length)] ?? 0),
  );
  return sharp(Buffer.from(grained.buffer), {
    raw: { width: info.width, height: info.height, channels: info.channels },
  });
}
