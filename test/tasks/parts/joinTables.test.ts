import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { joinTables } from '../../../shared/tasks/parts/joinTables.ts';
import type { TableReply } from '../../../shared/tasks/tables/tableShape.ts';

const BANDS = { columns: 1, rows: 2 };

function table(
  names: readonly string[],
  rows: readonly (readonly string[])[],
  more: Partial<TableReply> = {},
): TableReply {
  return {
    title: null,
    columns: names.map((name) => ({ name, type: 'text', unit: null })),
    rows: rows.map((row) => [...row]),
    merged: [],
    notes: [],
    ...more,
  };
}

const PORTS = [
  ['Oslo', '4,180'],
  ['Turku', '2,356'],
  ['Riga', '917'],
  ['Gdansk', '60,422'],
  ['Kiel', '13.05'],
];

const rowsOf = (above: TableReply, below: TableReply): readonly (readonly (readonly string[])[])[] =>
  joinTables(
    [
      { tables: [above], language: null },
      { tables: [below], language: null },
    ],
    BANDS,
  ).tables.map(({ rows }) => rows);

describe('joinTables', () => {
  it.each([0, 1, 2, 3])('loses no row where rows differ in a number alone, %i of them in both parts', (overlap) => {
    const rows = (from: number, to: number): string[][] =>
      Array.from({ length: to - from }, (_, place) => [`2026-11-${10 + from + place}`, '100.00', 'rent']);
    const [above, below] = [rows(0, 9), rows(9 - overlap, 18)].map((each) => table(['Date', 'Amount', 'For'], each));
    expect(above && below && rowsOf(above, below)).toEqual([rows(0, 18)]);
  });

  it('takes the language of the first part that has one', () => {
    const parts = [
      { tables: [], language: null },
      undefined,
      { tables: [], language: 'de' },
      { tables: [], language: 'en' },
    ];
    expect(joinTables(parts, { columns: 1, rows: 4 }).language).toBe('de');
  });

  it.each([
    ['repeats the header', ['Port', 'Ships'], PORTS.slice(2)],
    ['has no header in sight', ['', ''], PORTS.slice(2)],
    ['takes its first row for the header', PORTS[2] ?? [], PORTS.slice(3)],
  ])('gives each row once where the lower part %s', (_, names, rows) => {
    expect(rowsOf(table(['Port', 'Ships'], PORTS.slice(0, 4)), table(names, rows))).toEqual([PORTS]);
  });

  it('leaves out a row that a seam cuts and that both parts read wrong', () => {
    const above = table(['Port', 'Ships'], [...PORTS.slice(0, 3), ['G', '']]);
    const below = table(['Port', 'Ships'], [['Tur', '2'], ...PORTS.slice(2)]);
    expect(rowsOf(above, below)).toEqual([PORTS]);
  });

  it('keeps two tables that only stand below each other', () => {
    const other = [
      ['Anna', '31'],
      ['Bert', '44'],
    ];
    expect(rowsOf(table(['Port', 'Ships'], PORTS), table(['Name', 'Age'], other))).toEqual([PORTS, other]);
    expect(rowsOf(table(['Port', 'Ships'], PORTS), table(['Name', 'Age', 'Town'], []))).toHaveLength(2);
  });

  it('keeps tables apart that have a part without a table between them', () => {
    const tables = [table(['Port', 'Ships'], PORTS)];
    expect(
      joinTables(
        [
          { tables, language: null },
          { tables: [], language: null },
          { tables, language: null },
        ],
        { columns: 1, rows: 3 },
      ).tables,
    ).toHaveLength(2);
  });

  it('keeps the pieces of a table that is cut from top to bottom', () => {
    const tables = [table(['Port', 'Ships'], PORTS)];
    expect(
      joinTables(
        [
          { tables, language: null },
          { tables, language: null },
        ],
        { columns: 2, rows: 1 },
      ).tables,
    ).toHaveLength(2);
  });

  it('moves merged cells of the lower part to their rows, and keeps title, units and notes', () => {
    const span = { row: 1, column: 0, rows: 2, columns: 1 };
    const above = table(['Port', 'Ships'], PORTS.slice(0, 4), { title: 'Ports', notes: ['1) to May'] });
    const below = table(['Port', 'Ships'], PORTS.slice(2), { merged: [span], notes: ['1) to May', 'estimated'] });
    expect(
      joinTables(
        [
          { tables: [above], language: null },
          { tables: [below], language: null },
        ],
        BANDS,
      ).tables,
    ).toMatchObject([
      { title: 'Ports', rows: PORTS, merged: [{ ...span, row: 3 }], notes: ['1) to May', 'estimated'] },
    ]);
  });

  it('of any table that is cut with an overlap of rows is that table again', () => {
    const cell = fc.string({ unit: fc.constantFrom(...'abcdefgh0123456789'), minLength: 2, maxLength: 8 });
    const rows = fc.uniqueArray(fc.tuple(cell, cell, cell), {
      minLength: 6,
      maxLength: 40,
      selector: (row) => row.join('|'),
    });
    fc.assert(
      fc.property(rows, fc.integer({ min: 1, max: 3 }), (all, shared) => {
        const middle = Math.floor(all.length / 2);
        const names = ['Name', 'Place', 'Sum'];
        expect(rowsOf(table(names, all.slice(0, middle + shared)), table(['', '', ''], all.slice(middle)))).toEqual([
          all,
        ]);
      }),
      { numRuns: 500 },
    );
  });
});
