import type { RandomNumbers } from './randomNumbers.ts';
import { faceFor, type Language, type Truth } from './sample.ts';
import { createSheet, linesOf, type Sheet } from './sheet.ts';
import type { TypefaceName } from './typeface.ts';
import { monthsOf, sentence } from './wording.ts';

const PAPERS = ['#ffffff', '#fdfbf4', '#f1f3f5'] as const;

export interface Drawing {
  readonly sheet: Sheet;
  readonly truth: Truth;
}

/** A page of text: a heading and paragraphs. */
export function drawTextPage(
  random: RandomNumbers,
  as: { readonly language: Language; readonly face: TypefaceName; readonly letterPx: number },
): Drawing {
  const { language, letterPx } = as;
  const face = faceFor(language, as.face);
  const sheet = createSheet({ width: 900, height: random.whole(900, 1200) }, random.pick(PAPERS));
  const page = writer(sheet, { marginPx: 70, topPx: 110 });
  page.paragraph(headingOf(language, random), { face, sizePx: Math.round(letterPx * 1.6), gapPx: letterPx * 1.2 });
  while (page.atPx() < sheet.height - 70 - letterPx * 8) {
    const text = Array.from({ length: random.whole(2, 3) }, () => sentence(language, random)).join(
      language === 'zh' ? '' : ' ',
    );
    page.paragraph(text, { face, sizePx: letterPx, gapPx: letterPx * 0.9 });
  }
  const truth = { kind: 'text', task: 'text', language, isScored: language !== 'zh', letterPx } as const;
  return { sheet, truth: { ...truth, text: page.written() } };
}

export function headingOf(language: Language, random: RandomNumbers): string {
  const month = random.pick(monthsOf(language) as [string, ...string[]]);
  const year = random.whole(1990, 2026);
  const titles = {
    en: `Minutes of ${month} ${year}`,
    de: `Protokoll vom ${month} ${year}`,
    zh: `${year}年${month}记录`,
  };
  return titles[language];
}

/** Writes paragraphs down a page, and remembers what it wrote. */
export function writer(
  sheet: Sheet,
  place: { readonly marginPx: number; readonly topPx: number },
): {
  readonly paragraph: (text: string, set: { face: TypefaceName; sizePx: number; gapPx: number }) => void;
  readonly skip: (px: number) => void;
  readonly atPx: () => number;
  readonly written: () => string;
} {
  const { marginPx } = place;
  let y = place.topPx;
  const lines: string[] = [];
  return {
    paragraph: (text, { face, sizePx, gapPx }) => {
      for (const line of linesOf(text, { widthPx: sheet.width - 2 * marginPx, face, sizePx })) {
        sheet.write(line, { x: marginPx, y, sizePx, face });
        lines.push(line);
        y += sizePx * 1.45;
      }
      y += gapPx;
    },
    skip: (px) => {
      y += px;
    },
    atPx: () => y,
    written: () => lines.join('\n'),
  };
}
