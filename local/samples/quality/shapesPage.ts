import type { RandomNumbers } from './randomNumbers.ts';
import { createSheet } from './sheet.ts';
import type { Drawing } from './textPage.ts';

/** Outlines within a box from -1 to 1: plain shapes, and icons of things. */
const OUTLINES = {
  circle: '<circle r="0.9"/>',
  square: '<rect x="-0.8" y="-0.8" width="1.6" height="1.6"/>',
  triangle: '<path d="M0 -0.9L0.9 0.8H-0.9Z"/>',
  star: '<path d="M0 -1L0.24 -0.32 0.95 -0.31 0.38 0.12 0.59 0.81 0 0.4 -0.59 0.81 -0.38 0.12 -0.95 -0.31 -0.24 -0.32Z"/>',
  house: '<path d="M0 -0.95L0.95 -0.15H0.7V0.85H0.2V0.25H-0.2V0.85H-0.7V-0.15H-0.95Z"/>',
  tree: '<path d="M0 -1L0.7 0H0.35L0.8 0.55H0.14V0.95H-0.14V0.55H-0.8L-0.35 0H-0.7Z"/>',
  cup: '<path fill-rule="evenodd" d="M-0.8 -0.6H0.4V-0.4H0.6A0.35 0.35 0 0 1 0.6 0.35H0.35A0.6 0.6 0 0 1 -0.2 0.8A0.6 0.6 0 0 1 -0.8 0.2ZM0.42 -0.2V0.15H0.58A0.17 0.17 0 0 0 0.58 -0.2Z"/>',
  key: '<path fill-rule="evenodd" d="M-0.45 -0.45A0.45 0.45 0 1 1 -0.46 0.45A0.45 0.45 0 1 1 -0.45 -0.45ZM-0.45 -0.2A0.2 0.2 0 1 0 -0.44 0.2A0.2 0.2 0 1 0 -0.45 -0.2ZM-0.05 -0.12H0.95V0.4H0.75V0.12H0.6V0.34H0.42V0.12H-0.05Z"/>',
} as const;

const COLOURS = [
  ['red', '#c8342c'],
  ['blue', '#2b5fb8'],
  ['green', '#2f8a4a'],
  ['orange', '#e08a1e'],
  ['purple', '#7a3f9d'],
  ['black', '#222222'],
] as const;

const GRID = { columns: 7, rows: 5, cellPx: 130 };

/** Two to five kinds of things, each of one colour, strewn without touching each other. */
export function drawShapesPage(random: RandomNumbers): Drawing {
  const { columns, rows, cellPx } = GRID;
  const sheet = createSheet({ width: columns * cellPx, height: rows * cellPx }, random.pick(['#ffffff', '#eef2f4']));
  const kinds = random.some(Object.keys(OUTLINES) as (keyof typeof OUTLINES)[], random.whole(2, 5));
  const colours = random.some(COLOURS, kinds.length);
  const places = [
    ...random.some(
      Array.from({ length: columns * rows }, (_, place) => place),
      columns * rows,
    ),
  ];
  const objects = kinds.map((name, kind) => {
    const [colour, fill] = colours[kind] ?? COLOURS[0];
    const own = places.splice(0, random.whole(1, 7));
    for (const place of own) {
      const sizePx = random.whole(28, 44);
      const slack = cellPx / 2 - sizePx - 4;
      const x = ((place % columns) + 0.5) * cellPx + (random.next() * 2 - 1) * slack;
      const y = (Math.floor(place / columns) + 0.5) * cellPx + (random.next() * 2 - 1) * slack;
      sheet.draw(
        `<g transform="translate(${x.toFixed(1)} ${y.toFixed(1)}) scale(${sizePx})" fill="${fill}">${OUTLINES[name]}</g>`,
      );
    }
    return { name, colour, count: own.length };
  });
  const truth = { kind: 'objects', task: 'objects', language: 'en', isScored: true, letterPx: 0 } as const;
  return { sheet, truth: { ...truth, objects } };
}
