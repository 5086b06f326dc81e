import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import opentype, { type Font, type Glyph, type Path, type PathCommand } from 'opentype.js';

/**
 * Letters as outlines, from fonts that come as packages (SIL Open Font License): no font of the machine is asked for,
 * so that the same seed draws the same picture everywhere.
 */

const FILES = {
  sans: '@fontsource/open-sans/files/open-sans-latin-400-normal.woff',
  'sans bold': '@fontsource/open-sans/files/open-sans-latin-700-normal.woff',
  serif: '@fontsource/lora/files/lora-latin-400-normal.woff',
  'serif bold': '@fontsource/lora/files/lora-latin-700-normal.woff',
  mono: '@fontsource/roboto-mono/files/roboto-mono-latin-400-normal.woff',
  chinese: '@fontsource/zcool-xiaowei/files/zcool-xiaowei-chinese-simplified-400-normal.woff',
} as const;

export type TypefaceName = keyof typeof FILES;

interface Typeface {
  /** Width in pixels at a letter size in pixels. */
  readonly widthPx: (text: string, sizePx: number) => number;
  /** SVG path data of the text, its baseline beginning at x, y. */
  readonly outline: (text: string, at: { readonly x: number; readonly y: number; readonly sizePx: number }) => string;
}

const loaded = new Map<TypefaceName, Typeface>();

/** @throws {Error} when text has a letter that the font lacks: the truth would name an invisible letter. */
export function typeface(name: TypefaceName): Typeface {
  const known = loaded.get(name);
  if (known) return known;
  const bytes = readFileSync(createRequire(import.meta.url).resolve(FILES[name]));
  const font = opentype.parse(new Uint8Array(bytes).buffer);
  const face = faceOf(font, name);
  loaded.set(name, face);
  return face;
}

function faceOf(font: Font, name: TypefaceName): Typeface {
  const glyphs = new Map<string, Glyph>();
  const kernings = new Map<string, number>();

  function glyphOf(letter: string): Glyph {
    const glyph = glyphs.get(letter) ?? font.charToGlyph(letter);
    if (glyph.index === 0) throw new Error(`The typeface ${name} has no letter "${letter}".`);
    glyphs.set(letter, glyph);
    return glyph;
  }

  /** In the font's units; looking it up takes the library most of the time of a page. */
  function kerningOf(pair: string, left: Glyph, right: Glyph): number {
    const kerning = kernings.get(pair) ?? font.getKerningValue(left, right);
    kernings.set(pair, kerning);
    return kerning;
  }

  // Letter by letter with kerning: the library's own shaping does not know every table of these fonts.
  function* letters(text: string, sizePx: number): Generator<{ readonly glyph: Glyph; readonly x: number }> {
    const scale = sizePx / font.unitsPerEm;
    let x = 0;
    let previous: { readonly letter: string; readonly glyph: Glyph } | undefined;
    for (const letter of text) {
      const glyph = glyphOf(letter);
      if (previous) x += kerningOf(previous.letter + letter, previous.glyph, glyph) * scale;
      yield { glyph, x };
      x += (glyph.advanceWidth ?? 0) * scale;
      previous = { letter, glyph };
    }
  }
  return {
    widthPx: (text, sizePx) => {
      const last = [...letters(text, sizePx)].at(-1);
      return last ? last.x + ((last.glyph.advanceWidth ?? 0) * sizePx) / font.unitsPerEm : 0;
    },
    outline: (text, { x, y, sizePx }) =>
      [...letters(text, sizePx)].map((letter) => pathData(letter.glyph.getPath(x + letter.x, y, sizePx))).join(''),
  };
}

/** Not the library's own: that writes NaN for numbers next to nothing. */
function pathData({ commands }: Path): string {
  const points = (command: PathCommand): readonly number[] => {
    if (command.type === 'Z') return [];
    if (command.type === 'C') return [command.x1, command.y1, command.x2, command.y2, command.x, command.y];
    return command.type === 'Q' ? [command.x1, command.y1, command.x, command.y] : [command.x, command.y];
  };
  return commands
    .map(
      (command) =>
        `${command.type}${points(command)
          .map((px) => px.toFixed(2))
          .join(' ')}`,
    )
    .join('');
}
