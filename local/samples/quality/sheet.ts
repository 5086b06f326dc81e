import sharp from 'sharp';
import { type TypefaceName, typeface } from './typeface.ts';

export interface Lettering {
  readonly x: number;
  /** Of the baseline. */
  readonly y: number;
  readonly sizePx: number;
  readonly face: TypefaceName;
  readonly anchor?: 'start' | 'middle' | 'end';
  readonly fill?: string;
}

/** A picture in the making: letters as outlines, and shapes as SVG. */
export interface Sheet {
  readonly width: number;
  readonly height: number;
  readonly write: (text: string, lettering: Lettering) => void;
  readonly draw: (svg: string) => void;
  readonly toSvg: () => string;
  readonly toPng: () => Promise<Buffer>;
}

const INK = '#1d1d1f';

export function createSheet(size: { readonly width: number; readonly height: number }, paper = '#ffffff'): Sheet {
  const { width, height } = size;
  const parts = [`<rect width="${width}" height="${height}" fill="${paper}"/>`];
  const toSvg = (): string =>
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">${parts.join('')}</svg>`;
  return {
    width,
    height,
    write: (text, { x, y, sizePx, face, anchor = 'start', fill = INK }) => {
      const letters = typeface(face);
      const before = { start: 0, middle: 0.5, end: 1 }[anchor] * letters.widthPx(text, sizePx);
      parts.push(`<path d="${letters.outline(text, { x: x - before, y, sizePx })}" fill="${fill}"/>`);
    },
    draw: (svg) => {
      parts.push(svg);
    },
    toSvg,
    toPng: () => sharp(Buffer.from(toSvg())).png({ palette: true }).toBuffer(),
  };
}

/** Words set in lines no wider than that; Chinese breaks anywhere. */
export function linesOf(
  text: string,
  column: { readonly widthPx: number; readonly face: TypefaceName; readonly sizePx: number },
): readonly string[] {
  const { widthPx, face, sizePx } = column;
  const isSpaced = face !== 'chinese';
  const units = isSpaced ? text.split(' ') : [...text];
  const lines: string[] = [];
  for (const unit of units) {
    const last = lines.at(-1);
    const longer = last === undefined ? unit : `${last}${isSpaced ? ' ' : ''}${unit}`;
    // A full stop does not begin a line.
    const fits = typeface(face).widthPx(longer, sizePx) <= widthPx || /^[，。：；、]$/.test(unit);
    if (last !== undefined && fits) lines[lines.length - 1] = longer;
    else lines.push(unit);
  }
  return lines;
}
