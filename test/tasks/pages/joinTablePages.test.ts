import { describe, expect, it } from 'vitest';
import { joinTablePages } from '../../../shared/tasks/pages/joinTablePages.ts';
import type { TableAnswer, TableReply } from '../../../shared/tasks/tables/tableShape.ts';

const COLUMNS = [
  { name: 'Item', type: 'text', unit: null, values: null },
  { name: 'Amount', type: 'number', unit: 'EUR', values: null },
] as const;

function table(rows: readonly (readonly string[])[], more: Partial<TableReply> = {}): TableAnswer {
  const columns = (more.columns ?? COLUMNS).map((column) => ({ ...column, values: null }));
  return {
    title: null,
    merged: [],
    notes: [],
    ...more,
    columns,
    rows: rows.map((row) => [...row]),
    markdown: '',
    csv: '',
  };
}

const named = (...names: string[]): Pick<TableReply, 'columns'> => ({
  columns: names.map((name, place) => ({ name, type: place === 0 ? 'text' : 'number', unit: null })),
});

const page = (number: number, ...tables: TableAnswer[]) => ({ page: number, answer: { tables, language: 'de' } });

const join = (...pages: ReturnType<typeof page>[]) =>
  joinTablePages(pages, { task: 'tables' }).tables.map(({ rows, pages: on }) => ({ rows, on }));

const ROPE = ['Rope', '1.200,50'];
const SAIL = ['Sail', '980,00'];
const OARS = ['Oars', '45,90'];

describe('joinTablePages', () => {
  it.each([
    ['repeats its head', table([SAIL])],
    ['goes on without a head', table([SAIL], named('', ''))],
    ['has its first row taken for a head', table([], named(...SAIL))],
    ['says that it is continued', table([SAIL], { title: 'Purchases (continued)' })],
    ['says so in German', table([SAIL], { title: 'Purchases – Fortsetzung' })],
    ['says so in Chinese', table([SAIL], { title: 'Purchases（续表）' })],
  ])('makes one table of one that %s on the next page', (_, below) => {
    expect(join(page(1, table([ROPE], { title: 'Purchases' })), page(2, below))).toEqual([
      { rows: [ROPE, SAIL], on: [1, 2] },
    ]);
  });

  it.each([
    ['has another title', table([SAIL], { title: 'Sales' })],
    ['has other columns', table([SAIL], named('Ship', 'Length'))],
    ['has more columns', table([['Sail', '980,00', 'x']], named('Item', 'Amount', 'Note'))],
  ])('keeps apart a table that %s', (_, below) => {
    expect(join(page(1, table([ROPE], { title: 'Purchases' })), page(2, below))).toHaveLength(2);
  });

  it('goes on over as many pages as a table has', () => {
    expect(join(page(3, table([ROPE])), page(4, table([SAIL])), page(5, table([OARS])))).toEqual([
      { rows: [ROPE, SAIL, OARS], on: [3, 4, 5] },
    ]);
  });

  it('keeps apart tables with a page between them that has none, or that was not asked for', () => {
    expect(join(page(1, table([ROPE])), page(2), page(3, table([SAIL])))).toHaveLength(2);
    expect(join(page(1, table([ROPE])), page(3, table([SAIL])))).toHaveLength(2);
  });

  it('joins only the last table of a page with the first of the next', () => {
    const pages = join(page(1, table([ROPE]), table([SAIL])), page(2, table([OARS]), table([ROPE])));
    expect(pages).toEqual([
      { rows: [ROPE], on: [1] },
      { rows: [SAIL, OARS], on: [1, 2] },
      { rows: [ROPE], on: [2] },
    ]);
  });

  it('moves the merged cells of later pages down, and keeps every note once', () => {
    const span = { row: 0, column: 1, rows: 2, columns: 1 };
    const above = table([ROPE, SAIL], { merged: [span], notes: ['in euros'] });
    const below = table([OARS, ['', '']], { merged: [span], notes: ['in euros', 'estimated'] });
    const [joined] = joinTablePages([page(1, above), page(2, below)], { task: 'tables' }).tables;
    expect(joined?.merged).toEqual([span, { ...span, row: 2 }]);
    expect(joined?.notes).toEqual(['in euros', 'estimated']);
  });

  it('reads a number that only the other page makes clear', () => {
    const [joined] = joinTablePages([page(1, table([['Mast', '1.250']])), page(2, table([ROPE]))], {
      task: 'tables',
    }).tables;
    expect(joined?.columns[1]?.values).toEqual([1250, 1200.5]);
    expect(joined?.csv).toBe('Item,Amount (EUR)\r\nMast,1.250\r\nRope,"1.200,50"\r\n');
  });

  it('takes the language of the first page that has one', () => {
    const pages = [
      { page: 1, answer: { tables: [], language: null } },
      { page: 2, answer: { tables: [], language: 'fr' } },
    ];
    expect(joinTablePages(pages, { task: 'tables' })).toEqual({ tables: [], language: 'fr' });
  });
});
