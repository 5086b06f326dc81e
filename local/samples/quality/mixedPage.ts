import { axisChartOf, drawAxes } from './axisChart.ts';
import type { RandomNumbers } from './randomNumbers.ts';
import { faceFor, type Language } from './sample.ts';
import { createSheet } from './sheet.ts';
import { drawTable, tableOf } from './tablePage.ts';
import { type Drawing, headingOf, writer } from './textPage.ts';
import { sentence } from './wording.ts';

/** A report: heading, a paragraph, a table, a chart, a paragraph. */
export function drawMixedPage(random: RandomNumbers, as: { readonly language: Language }): Drawing {
  const { language } = as;
  const face = faceFor(language, random.pick(['sans', 'serif']));
  const letterPx = 22;
  const sheet = createSheet({ width: 1000, height: 1500 });
  const page = writer(sheet, { marginPx: 60, topPx: 90 });
  const paragraph = (): void => {
    const text = Array.from({ length: 2 }, () => sentence(language, random)).join(language === 'zh' ? '' : ' ');
    page.paragraph(text, { face, sizePx: letterPx, gapPx: 20 });
  };
  page.paragraph(headingOf(language, random), { face, sizePx: 38, gapPx: 20 });
  paragraph();
  const table = tableOf(language, random);
  sheet.write(table.title, { x: 60, y: page.atPx() + 10, sizePx: 26, face });
  const tableEnd = drawTable(sheet, table, { face, letterPx, hasRules: true, topPx: page.atPx() + 36 });
  const chart = axisChartOf(random, { language, kind: random.pick(['bar', 'line']), isPrinted: true });
  const top = tableEnd + 140;
  drawAxes(sheet, chart, { language, frame: { left: 140, right: 920, top, bottom: top + 320 } });
  page.skip(top + 320 + 170 - page.atPx());
  paragraph();
  const truth = { kind: 'mixed', task: 'analyze', language, isScored: language !== 'zh', letterPx } as const;
  return { sheet, truth: { ...truth, text: page.written(), tables: [table], charts: [chart] } };
}
