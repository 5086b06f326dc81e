import { drawAxisChart } from './axisChart.ts';
import { drawMixedPage } from './mixedPage.ts';
import { drawOrderSign, ORDER_COUNT } from './orderSign.ts';
import { drawPieChart } from './pieChart.ts';
import { createRandomNumbers, type RandomNumbers } from './randomNumbers.ts';
import type { Language, Sample } from './sample.ts';
import { drawShapesPage } from './shapesPage.ts';
import { drawTablePage } from './tablePage.ts';
import { type Drawing, drawTextPage } from './textPage.ts';
import type { TypefaceName } from './typeface.ts';

const FACES: readonly TypefaceName[] = ['sans', 'serif', 'mono', 'sans bold', 'serif bold'];
const LETTER_PX = [16, 20, 26, 34] as const;
const SCORED: readonly Language[] = ['en', 'de'];
const ALL: readonly Language[] = [...SCORED, 'zh'];

type Draw = (random: RandomNumbers) => Drawing;

/** One set of every kind: each drawing by its name, none drawn yet. */
const DRAWINGS: ReadonlyMap<string, Draw> = new Map<string, Draw>([
  ...SCORED.flatMap((language) =>
    FACES.flatMap((face) =>
      LETTER_PX.map((letterPx): [string, Draw] => [
        `text-${language}-${face.replace(' ', '-')}-${letterPx}`,
        (random) => drawTextPage(random, { language, face, letterPx }),
      ]),
    ),
  ),
  ['text-zh-26', (random) => drawTextPage(random, { language: 'zh', face: 'chinese', letterPx: 26 })],
  ...ALL.flatMap((language) =>
    [true, false].flatMap((hasRules): [string, Draw][] => [
      [
        `table-${language}-${hasRules ? 'ruled' : 'open'}`,
        (random) => drawTablePage(random, { language, face: 'sans', letterPx: 26, hasRules }),
      ],
      [
        `pie-${language}-${hasRules ? 'printed' : 'judged'}`,
        (random) => drawPieChart(random, { language, isPrinted: hasRules }),
      ],
      ...(['bar', 'line'] as const).map((kind): [string, Draw] => [
        `${kind}-${language}-${hasRules ? 'printed' : 'judged'}`,
        (random) => drawAxisChart(random, { language, kind, isPrinted: hasRules }),
      ]),
    ]),
  ),
  ...ALL.map((language): [string, Draw] => [`mixed-${language}`, (random) => drawMixedPage(random, { language })]),
  ...[1, 2, 3, 4].map((place): [string, Draw] => [`objects-${place}`, drawShapesPage]),
  ...Array.from({ length: ORDER_COUNT }, (_, place): [string, Draw] => [
    `instructions-${place + 1}`,
    (random) => drawOrderSign(random, place),
  ]),
]);

export const SAMPLE_NAMES: readonly string[] = [...DRAWINGS.keys()];

/**
 * One labelled drawing, from the seed and its own name: the same whichever others are drawn.
 *
 * @throws {Error} for a name that is not in `SAMPLE_NAMES`
 */
export function drawingOf(name: string, seed: number): Drawing {
  const draw = DRAWINGS.get(name);
  if (!draw) throw new Error(`There is no sample ${name}; there are: ${SAMPLE_NAMES.join(', ')}.`);
  return draw(createRandomNumbers(seedOf(name, seed)));
}

/** Labelled images, in the order of their names. */
export async function* drawSamples(seed: number, names: readonly string[] = SAMPLE_NAMES): AsyncGenerator<Sample> {
  for (const name of names) {
    const { sheet, truth } = drawingOf(name, seed);
    yield { name, png: await sheet.toPng(), width: sheet.width, height: sheet.height, truth };
  }
}

function seedOf(name: string, seed: number): number {
  return Array.from(name).reduce((mixed, letter) => Math.imul(mixed, 31) + (letter.codePointAt(0) ?? 0), seed) >>> 0;
}
