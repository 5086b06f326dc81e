import { createSheet } from '../local/samples/quality/sheet.ts';

/** An image with text all over it, of a shape that a model sees much smaller than it is. */
export interface LongImage {
  readonly png: Buffer;
  readonly width: number;
  readonly height: number;
  /** In reading order. */
  readonly lines: readonly string[];
}

const WORDS =
  'harbour invoice seventeen morning ledger copper window balance river teacher granite ticket velvet journey carbon ' +
  'village quarter lantern mirror orchard signal payment bridge weather silver garden market winter castle thunder';

/** Lines that all begin with their own number, so that one that is lost or doubled can be told. */
function lineOf(place: number, words: number): string {
  const all = WORDS.split(' ');
  const chosen = Array.from({ length: words }, (_, at) => all[(place * 7 + at * 11 + place * at) % all.length]);
  return `${100 + place} ${chosen.join(' ')}`;
}

/** A page as a browser or a telephone gives it whole, with a line every two and a half heights of its letters. */
export async function drawLongPage(size: {
  readonly width: number;
  readonly height: number;
  readonly sizePx: number;
}): Promise<LongImage> {
  const { width, height, sizePx } = size;
  const sheet = createSheet({ width, height });
  const count = Math.floor((height - 3 * sizePx) / (2.5 * sizePx));
  const words = Math.max(2, Math.floor((width - 4 * sizePx) / (5.2 * sizePx)));
  const lines = Array.from({ length: count }, (_, place) => lineOf(place, words));
  for (const [place, line] of lines.entries()) {
    sheet.write(line, { x: 1.5 * sizePx, y: (2 + place * 2.5) * sizePx, sizePx, face: 'sans' });
  }
  return { png: await sheet.toPng(), width, height, lines };
}

/** One line from one end of a strip to the other. */
export async function drawStrip(size: {
  readonly width: number;
  readonly height: number;
  readonly sizePx: number;
}): Promise<LongImage> {
  const { width, height, sizePx } = size;
  const sheet = createSheet({ width, height });
  const line = lineOf(0, Math.floor((width - 6 * sizePx) / (4.6 * sizePx)));
  sheet.write(line, { x: sizePx, y: height / 2 + sizePx * 0.35, sizePx, face: 'sans' });
  return { png: await sheet.toPng(), width, height, lines: [line] };
}
