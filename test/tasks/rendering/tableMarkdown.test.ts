import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { tableMarkdown } from '../../../shared/tasks/rendering/tableMarkdown.ts';
import { cleanText } from '../../../shared/tasks/reply/cleanText.ts';
import { gridsOf } from '../parsedMarkdown.ts';

const HOSTILE = [
  ...[
    '|',
    '\\|',
    '\\\\|',
    '\n',
    '\r\n',
    '<br>',
    '<script>alert(1)</script>',
    '<!-- ',
    '-->',
    '&amp;',
    '&#124;',
    '&',
    '`',
  ],
  ...[
    '``',
    '**',
    '_a_',
    'snake_case',
    '~~',
    '[x](http://evil)',
    '![x](y)',
    '[ref]: z',
    '<http://a.b>',
    '\t',
    '  ',
    ' ',
  ],
  ...['---', ':--', '| --- |', '#', '> q', '1.', '\\', '"', "'", '=1+1', '\u0000', '\u200b', 'é', '表', '😀', '', 'a'],
];
const cell = fc
  .array(fc.oneof(fc.constantFrom(...HOSTILE), fc.string({ unit: 'binary', maxLength: 6 })), { maxLength: 6 })
  .map((parts) => cleanText(parts.join('')));
const grid = fc
  .integer({ min: 1, max: 6 })
  .chain((columns) =>
    fc.array(fc.array(cell, { minLength: columns, maxLength: columns }), { minLength: 1, maxLength: 8 }),
  );

describe('tableMarkdown', () => {
  it('lines its columns up and sets numbers to the right', () => {
    const header = ['Month', 'Revenue'];
    const rows = [
      ['January', '1,200'],
      ['May', '80'],
    ];
    expect(tableMarkdown({ header, rows, numeric: [1] })).toBe(
      ['| Month   | Revenue |', '| ------- | ------: |', '| January |   1,200 |', '| May     |      80 |'].join('\n'),
    );
  });

  it('escapes pipes', () => {
    expect(tableMarkdown({ header: ['a'], rows: [['1|2']] })).toBe('| a    |\n| ---- |\n| 1\\|2 |');
  });

  it('gives every column three dashes at least, and pads columns of up to 40 characters', () => {
    expect(tableMarkdown({ header: ['a', 'b'], rows: [['1', '22']], numeric: [1] })).toBe(
      ['| a   |   b |', '| --- | --: |', '| 1   |  22 |'].join('\n'),
    );
    for (const [width, dashes] of [
      [40, 40],
      [41, 3],
    ] as const) {
      const [, rule] = tableMarkdown({ header: ['a'.repeat(width)], rows: [] }).split('\n');
      expect(rule).toBe(`| ${'-'.repeat(dashes)} |`);
    }
  });

  it('parses back to the same grid, whatever the cells hold', () => {
    fc.assert(
      fc.property(grid, ([header = [], ...rows]) => {
        expect(gridsOf(tableMarkdown({ header, rows }))).toEqual([[header, ...rows]]);
      }),
      { numRuns: 300, seed: 9 },
    );
  });

  it('fills a header that is shorter than a row, and leaves short rows to the parser', () => {
    expect(gridsOf(tableMarkdown({ header: ['a'], rows: [['1', '2'], []] }))).toEqual([
      [
        ['a', ''],
        ['1', '2'],
        ['', ''],
      ],
    ]);
  });

  it('is empty without columns', () => {
    expect(tableMarkdown({ header: [], rows: [[], []] })).toBe('');
  });

  it('stays in proportion to its input for a wide header over many empty rows', () => {
    const header = Array.from({ length: 5000 }, () => 'h');
    const rows = Array.from({ length: 50_000 }, () => []);
    expect(tableMarkdown({ header, rows }).length).toBeLessThan(500_000);
  });
});
