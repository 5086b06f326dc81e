import type { RandomNumbers } from './randomNumbers.ts';
import { faceFor, type Language, type TrueTable } from './sample.ts';
import { createSheet, type Sheet } from './sheet.ts';
import type { Drawing } from './textPage.ts';
import type { TypefaceName } from './typeface.ts';
import { amountIn, goodsOf, termsOf } from './wording.ts';

interface TableStyle {
  readonly hasRules: boolean;
  readonly face: TypefaceName;
  readonly letterPx: number;
}

/** A table of goods with units, price and amount; sums and products are right. */
export function drawTablePage(random: RandomNumbers, as: TableStyle & { readonly language: Language }): Drawing {
  const { language, letterPx } = as;
  const face = faceFor(language, as.face);
  const table = tableOf(language, random);
  const rowPx = letterPx * 2.2;
  const sheet = createSheet({ width: 1000, height: Math.round(170 + rowPx * (table.rows.length + 1) + 60) });
  sheet.write(table.title, { x: 60, y: 90, sizePx: Math.round(letterPx * 1.3), face });
  drawTable(sheet, table, { ...as, face, topPx: 130 });
  const truth = { kind: 'table', task: 'tables', language, isScored: language !== 'zh', letterPx } as const;
  return { sheet, truth: { ...truth, tables: [table] } };
}

export function tableOf(language: Language, random: RandomNumbers): TrueTable {
  const terms = termsOf(language);
  const rows = random.some(goodsOf(language), random.whole(4, 7)).map((goods) => {
    const units = random.whole(12, 980);
    const price = random.whole(80, 9900);
    return { goods, units, price, sum: units * price };
  });
  const [units, sum] = [rows.reduce((all, row) => all + row.units, 0), rows.reduce((all, row) => all + row.sum, 0)];
  const whole = (count: number): string => new Intl.NumberFormat(language === 'de' ? 'de-DE' : 'en-US').format(count);
  const printed = rows.map((row) => [
    row.goods,
    whole(row.units),
    amountIn(language, row.price),
    amountIn(language, row.sum),
  ]);
  const total = { en: 'Total', de: 'Summe', zh: '合计' }[language];
  return {
    title: `${terms.year} ${random.whole(2015, 2026)}`,
    columns: [
      { name: terms.goods, type: 'text' },
      { name: terms.units, type: 'number' },
      { name: terms.price, type: 'number' },
      { name: terms.sum, type: 'number' },
    ],
    rows: [...printed, [total, whole(units), '', amountIn(language, sum)]],
  };
}

/** @returns where it ends, in pixels from the top. */
export function drawTable(sheet: Sheet, table: TrueTable, style: TableStyle & { readonly topPx: number }): number {
  const { hasRules, face, letterPx, topPx } = style;
  const rowPx = letterPx * 2.2;
  const [left, right] = [60, sheet.width - 60];
  const widthPx = right - left;
  const ends = [0.34, 0.54, 0.74, 1].map((share) => left + widthPx * share - 14);
  const header = table.columns.map(({ name }) => name);
  for (const [row, cells] of [header, ...table.rows].entries()) {
    const y = topPx + row * rowPx;
    if (hasRules) {
      const shade = row === 0 ? '#dde5ec' : '#ffffff';
      sheet.draw(
        `<rect x="${left}" y="${y}" width="${widthPx}" height="${rowPx}" fill="${shade}" stroke="#8b98a5" stroke-width="1.5"/>`,
      );
    }
    for (const [column, cell] of cells.entries()) {
      const x = column === 0 ? left + 14 : (ends[column] ?? right);
      sheet.write(cell, { x, y: y + rowPx * 0.66, sizePx: letterPx, face, anchor: column === 0 ? 'start' : 'end' });
    }
  }
  const height = rowPx * (table.rows.length + 1);
  if (hasRules) {
    for (const x of ends.slice(0, -1)) {
      sheet.draw(
        `<line x1="${x + 14}" y1="${topPx}" x2="${x + 14}" y2="${topPx + height}" stroke="#8b98a5" stroke-width="1.5"/>`,
      );
    }
  }
  return topPx + height;
}
