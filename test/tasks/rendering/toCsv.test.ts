import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toCsv } from '../../../shared/tasks/rendering/toCsv.ts';

/** Cells as a reader that knows RFC 4180 and nothing else sees them. */
function cellsOf(csv: string): readonly (readonly string[])[] {
  return parse(csv, { record_delimiter: '\r\n', relax_column_count: true });
}

/** What was read without the apostrophes that stand where a cell or a part of it begins, and not in what was given. */
function withoutGuards(read: string, given: string): string {
  let kept = '';
  for (let place = 0; place < read.length; place += 1) {
    const isStart = place === 0 || /[;\t\r\n]/.test(read.charAt(place - 1));
    const quotesAt = (text: string, from: number): number => /^'*/.exec(text.slice(from))?.[0].length ?? 0;
    if (!isStart || quotesAt(read, place) <= quotesAt(given, kept.length)) kept += read.charAt(place);
  }
  return kept;
}

describe('toCsv', () => {
  it.each([
    ['white space', ' =1+1'],
    ['a no-break space', '\u00a0=1+1'],
    ['an ideographic space', '\u3000=1+1'],
    ['a zero-width space', '\u200b=1+1'],
    ['a word joiner', '\u2060@SUM(A1)'],
    ['a mark of direction', '\u200e-A1'],
    ['a byte order mark', '\ufeff=1+1'],
    ['a null', '\0=1+1'],
    ['a vertical tab', '\v+A1'],
    ['a quote', '"=1+1'],
    ['a typographic quote', '“=1+1'],
    ['an apostrophe', "'=1+1"],
    ['a small letter form', '﹦1+1'],
    ['wide letters', '＋A1'],
    ['a sum of signs', '--1'],
    ['a command', "-cmd|' /C calc'!A0"],
    ['a dynamic exchange', "=cmd|' /C calc'!A0"],
    ['an operator behind a number', '-1+cmd'],
    ['a line break in a number', '-\n1'],
    ['a letter behind a number', '-5e'],
    ['a cell behind a number', '-5 A1'],
  ])('puts an apostrophe before a formula in disguise: behind %s', (_, cell) => {
    expect(cellsOf(toCsv([[cell]]))).toEqual([[`'${cell}`]]);
  });

  it.each(['\t', '\r', '\n', '\0'].map((start) => `${start}a`))(
    'puts an apostrophe before %j, as OWASP asks for',
    (cell) => {
      expect(cellsOf(toCsv([[cell]]))).toEqual([[`'${cell}`]]);
    },
  );

  it.each([
    '-5',
    '+1',
    '-1.5e-7',
    '-1E+21',
    "-1'234.50",
    '-1.234,56 €',
    '-$5',
    ' -5',
    '-7 ‰',
    '-',
    '-5,00 EUR',
    '-3 °C',
  ])('leaves the number %s one', (cell) => {
    expect(cellsOf(toCsv([[cell]]))).toEqual([[cell]]);
  });

  it.each([
    ['a semicolon', 'x;=1+1;y', "x;'=1+1;y"],
    ['a semicolon and a quote', 'x; "=1+1', 'x;\' "=1+1'],
    ['a line break', 'x\n=1+1', "x\n'=1+1"],
    ['a tab', 'x\t@SUM(A1)', "x\t'@SUM(A1)"],
    ['a semicolon, as a command', "x;-cmd|'/C calc'!A0", "x;'-cmd|'/C calc'!A0"],
    ['a line break, as a call', 'x\n+HYPERLINK(A1)', "x\n'+HYPERLINK(A1)"],
    ['a second one', '=1;=2', "'=1;'=2"],
    ['several of them', ' "\t\u00a0\'=1+1', `' "\t'\u00a0'=1+1`],
  ])('puts an apostrophe before a formula that begins behind %s', (_, cell, written) => {
    expect(cellsOf(toCsv([[cell]]))).toEqual([[written]]);
  });

  it.each(['a\n- b\n- c (d)', 'a; b', 'x;-5', 'see a;b=c'])('leaves %j as it is', (cell) => {
    expect(cellsOf(toCsv([[cell]]))).toEqual([[cell]]);
  });

  it('guards headers as it does rows', () => {
    expect(toCsv([['=a', 'b;c']])).toBe(`'=a,"b;c"\r\n`);
  });

  it('gives 10,000 hostile cells back apart from the guard, none of which a spreadsheet runs', () => {
    const piece = fc.oneof(
      fc.constantFrom(
        ...'=+-@＝＋－＠﹦\t\r\n\0 \u00a0\u200b\ufeff\u202f"\'’,;|1.e%€',
        '\r\n',
        '""',
        '=cmd|',
        'HYPERLINK(',
        '\ud800',
      ),
      fc.string({ unit: 'binary', maxLength: 3 }),
    );
    const cell = fc.array(piece, { maxLength: 8 }).map((pieces) => pieces.join(''));
    const row = fc.array(cell, { minLength: 10, maxLength: 10 });
    let guarded = 0;
    fc.assert(
      fc.property(row, (cells) => {
        const read = cellsOf(toCsv([cells, cells]));
        expect(read).toHaveLength(2);
        for (const [place, text] of (read[1] ?? []).entries()) {
          // As bytes of UTF-8 no half of a pair is left.
          const given = (cells[place] ?? '').replace(/\p{Surrogate}/gu, '\ufffd');
          expect(withoutGuards(text, given)).toBe(given);
          const isGuarded = text.startsWith("'") && !given.startsWith("'");
          if (text !== given) guarded += 1;
          for (const inner of text.split(/[;\t\r\n]/).slice(1)) expect(inner.trimStart()).not.toMatch(/^[=@＝＠﹦﹫]/);
          const seen = text.replace(/^[\s\p{Cc}\p{Cf}\p{Z}"“”]*/u, '');
          const isNumber = /^[+-][\d.,'’\s%‰\p{Sc}]*(?:e[+-]?\d+)?\s*$/iu.test(seen);
          if (!isGuarded && !isNumber) expect(seen).not.toMatch(/^[=+\-@＝＋－＠﹦﹢﹣﹫]/);
        }
      }),
      { numRuns: 1000, seed: 20_261_201 },
    );
    expect(guarded).toBeGreaterThan(2000);
  });
});
