/** The part of opentype.js that is used here. Its published types bring the browser's globals, which differ from Node's. */
declare module 'opentype.js' {
  interface To {
    readonly x: number;
    readonly y: number;
  }

  export type PathCommand =
    | { readonly type: 'Z' }
    | ({ readonly type: 'M' | 'L' } & To)
    | ({ readonly type: 'Q'; readonly x1: number; readonly y1: number } & To)
    | ({ readonly type: 'C'; readonly x1: number; readonly y1: number; readonly x2: number; readonly y2: number } & To);

  export interface Path {
    readonly commands: readonly PathCommand[];
  }

  export interface Glyph {
    readonly index: number;
    readonly advanceWidth?: number;
    getPath(x: number, y: number, fontSizePx: number): Path;
  }

  export interface Font {
    readonly unitsPerEm: number;
    charToGlyph(letter: string): Glyph;
    getKerningValue(left: Glyph, right: Glyph): number;
  }

  const opentype: { parse(bytes: ArrayBufferLike): Font };
  export default opentype;
}
