import { SERIES_COLOURS } from './axisChart.ts';
import type { RandomNumbers } from './randomNumbers.ts';
import { faceFor, type Language, type TrueChart } from './sample.ts';
import { createSheet } from './sheet.ts';
import type { Drawing } from './textPage.ts';
import { goodsOf, termsOf } from './wording.ts';

const LEAST_SHARE = 6;

/** A pie of three to six slices that come to 100 %, the shares printed or only to be judged. */
export function drawPieChart(
  random: RandomNumbers,
  as: { readonly language: Language; readonly isPrinted: boolean },
): Drawing {
  const { language, isPrinted } = as;
  const face = faceFor(language, 'sans');
  const names = random.some(goodsOf(language), random.whole(3, 6));
  const shares = sharesOf(names.length, random);
  const title = termsOf(language).share;
  const sheet = createSheet({ width: 1000, height: 720 });
  sheet.write(title, { x: 500, y: 70, sizePx: 34, face, anchor: 'middle' });
  const centre = { x: 330, y: 400, radiusPx: 250 };
  let before = 0;
  for (const [place, name] of names.entries()) {
    const share = shares[place] ?? 0;
    const colour = SERIES_COLOURS[place] ?? SERIES_COLOURS[0];
    sheet.draw(
      `<path d="${slice(centre, before, before + share)}" fill="${colour}" stroke="#ffffff" stroke-width="3"/>`,
    );
    const y = 220 + place * 62;
    sheet.draw(`<rect x="650" y="${y - 22}" width="28" height="28" fill="${colour}"/>`);
    sheet.write(isPrinted ? `${name} ${share} %` : name, { x: 694, y, sizePx: 26, face });
    before += share;
  }
  const points = names.map((x, place) => ({ x, y: shares[place] ?? 0 }));
  const chart: TrueChart = { kind: 'pie', title, axis: null, isPrinted, series: [{ name: title, points }] };
  const truth = { kind: 'chart', task: 'chart', language, isScored: language !== 'zh', letterPx: 26 } as const;
  return { sheet, truth: { ...truth, charts: [chart] } };
}

/** Whole percentages that come to 100, none too thin to be seen. */
function sharesOf(count: number, random: RandomNumbers): readonly number[] {
  const free = 100 - count * LEAST_SHARE;
  const cuts = Array.from({ length: count - 1 }, () => random.whole(0, free)).sort((one, other) => one - other);
  return [...cuts, free].map((cut, place) => cut - (cuts[place - 1] ?? 0) + LEAST_SHARE);
}

function slice(
  { x, y, radiusPx }: { readonly x: number; readonly y: number; readonly radiusPx: number },
  from: number,
  to: number,
): string {
  const at = (percent: number): string => {
    const angle = (percent / 100) * 2 * Math.PI - Math.PI / 2;
    return `${(x + radiusPx * Math.cos(angle)).toFixed(2)} ${(y + radiusPx * Math.sin(angle)).toFixed(2)}`;
  };
  return `M${x} ${y}L${at(from)}A${radiusPx} ${radiusPx} 0 ${to - from > 50 ? 1 : 0} 1 ${at(to)}Z`;
}
