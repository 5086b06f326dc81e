import type { RandomNumbers } from './randomNumbers.ts';
import { faceFor, type Language, type TrueChart } from './sample.ts';
import { createSheet, type Sheet } from './sheet.ts';
import type { Drawing } from './textPage.ts';
import { goodsOf, monthsOf, termsOf } from './wording.ts';

export const SERIES_COLOURS = ['#2f7f86', '#c2572b', '#5b4a9c', '#b89a1f', '#3f6fb5', '#8a3d5c'] as const;

const TICKS = 5;

export interface Frame {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** A bar or line chart with a value axis that begins at 0. */
export function drawAxisChart(
  random: RandomNumbers,
  as: { readonly language: Language; readonly kind: 'bar' | 'line'; readonly isPrinted: boolean },
): Drawing {
  const sheet = createSheet({ width: 1000, height: 720 });
  const chart = axisChartOf(random, as);
  drawAxes(sheet, chart, { language: as.language, frame: { left: 130, right: 950, top: 130, bottom: 590 } });
  const { language } = as;
  const truth = { kind: 'chart', task: 'chart', language, isScored: language !== 'zh', letterPx: 24 } as const;
  return { sheet, truth: { ...truth, charts: [chart] } };
}

export function axisChartOf(
  random: RandomNumbers,
  as: { readonly language: Language; readonly kind: 'bar' | 'line'; readonly isPrinted: boolean },
): TrueChart {
  const { language, kind, isPrinted } = as;
  const max = random.pick([50, 100, 200, 500, 1000]);
  const months = monthsOf(language).slice(0, random.whole(4, 7));
  const names = random.some(goodsOf(language), kind === 'bar' || isPrinted ? 1 : random.whole(2, 3));
  const points = (): TrueChart['series'][number]['points'] =>
    months.map((x) => ({ x, y: Math.round(max * (0.08 + 0.86 * random.next())) }));
  const terms = termsOf(language);
  const title = `${terms.stock} ${random.whole(2015, 2026)}`;
  return { kind, title, axis: { min: 0, max }, isPrinted, series: names.map((name) => ({ name, points: points() })) };
}

/** Title, axes, values and, for several series, a legend. */
export function drawAxes(
  sheet: Sheet,
  chart: TrueChart,
  { language, frame }: { readonly language: Language; readonly frame: Frame },
): void {
  const face = faceFor(language, 'sans');
  const { left, right, top, bottom } = frame;
  const max = chart.axis?.max ?? 1;
  const yOf = (value: number): number => bottom - (value / max) * (bottom - top);
  sheet.write(chart.title, { x: (left + right) / 2, y: top - 60, sizePx: 32, face, anchor: 'middle' });
  for (let tick = 0; tick <= TICKS; tick += 1) {
    const value = (max / TICKS) * tick;
    sheet.draw(
      `<line x1="${left}" y1="${yOf(value)}" x2="${right}" y2="${yOf(value)}" stroke="#d4dade" stroke-width="1.5"/>`,
    );
    sheet.write(String(value), { x: left - 14, y: yOf(value) + 8, sizePx: 22, face, anchor: 'end' });
  }
  const categories = chart.series[0]?.points.map(({ x }) => x) ?? [];
  const stepPx = (right - left) / categories.length;
  const xOf = (place: number): number => left + stepPx * (place + 0.5);
  for (const [place, category] of categories.entries()) {
    sheet.write(category, { x: xOf(place), y: bottom + 36, sizePx: 20, face, anchor: 'middle' });
  }
  for (const [place, { name, points }] of chart.series.entries()) {
    const colour = SERIES_COLOURS[place] ?? SERIES_COLOURS[0];
    if (chart.kind === 'bar') drawBars(sheet, { points, colour, xOf, yOf, widthPx: stepPx * 0.6 });
    else drawLine(sheet, { points, colour, xOf, yOf });
    if (chart.isPrinted) {
      for (const [at, { y }] of points.entries()) {
        sheet.write(String(y), { x: xOf(at), y: yOf(y) - 12, sizePx: 22, face, anchor: 'middle' });
      }
    }
    const x = left + place * 240;
    sheet.draw(`<rect x="${x}" y="${bottom + 66}" width="24" height="24" fill="${colour}"/>`);
    sheet.write(name, { x: x + 34, y: bottom + 86, sizePx: 22, face });
  }
  sheet.draw(`<path d="M${left} ${top - 10}V${bottom}H${right}" fill="none" stroke="#333333" stroke-width="2.5"/>`);
}

interface Plot {
  readonly points: readonly { readonly y: number }[];
  readonly colour: string;
  readonly xOf: (place: number) => number;
  readonly yOf: (value: number) => number;
}

function drawBars(sheet: Sheet, { points, colour, xOf, yOf, widthPx }: Plot & { readonly widthPx: number }): void {
  for (const [place, { y }] of points.entries()) {
    const height = yOf(0) - yOf(y);
    sheet.draw(
      `<rect x="${xOf(place) - widthPx / 2}" y="${yOf(y)}" width="${widthPx}" height="${height}" fill="${colour}"/>`,
    );
  }
}

function drawLine(sheet: Sheet, { points, colour, xOf, yOf }: Plot): void {
  const corners = points.map(({ y }, place) => `${xOf(place)},${yOf(y)}`);
  sheet.draw(`<polyline points="${corners.join(' ')}" fill="none" stroke="${colour}" stroke-width="4"/>`);
  for (const corner of corners) {
    const [x, y] = corner.split(',');
    sheet.draw(`<circle cx="${x}" cy="${y}" r="6" fill="${colour}"/>`);
  }
}
