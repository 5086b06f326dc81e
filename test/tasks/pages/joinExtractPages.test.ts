import { describe, expect, it } from 'vitest';
import { joinExtractPages } from '../../../shared/tasks/pages/joinExtractPages.ts';

const page = (
  number: number,
  fields: Readonly<Record<string, unknown>>,
  more: { notFound?: readonly string[]; printed?: Readonly<Record<string, string>> } = {},
) => ({ page: number, answer: { fields, notFound: more.notFound ?? [], printed: more.printed ?? {} } });

describe('joinExtractPages', () => {
  it('takes each field from the first page that shows it, and says from which', () => {
    const joined = joinExtractPages([
      page(1, { number: 'R-117', total: null, buyer: { name: 'Harbour Works', city: '' } }, { notFound: ['total'] }),
      page(2, { number: '', total: 1200.5, buyer: { name: '', city: 'Turku' } }, { printed: { total: '1.200,50' } }),
    ]);
    expect(joined).toEqual({
      fields: { number: 'R-117', total: 1200.5, buyer: { name: 'Harbour Works', city: 'Turku' } },
      notFound: [],
      printed: { total: '1.200,50' },
      foundOn: { number: 1, total: 2, 'buyer.name': 1, 'buyer.city': 2 },
      conflicts: [],
    });
  });

  it('names a field that pages tell differently, with what each says', () => {
    const joined = joinExtractPages([page(1, { total: 10 }), page(2, { total: 10 }), page(3, { total: 12 })]);
    expect(joined.fields).toEqual({ total: 10 });
    expect(joined.conflicts).toEqual([
      {
        path: 'total',
        values: [
          { page: 1, value: 10 },
          { page: 3, value: 12 },
        ],
      },
    ]);
  });

  it('sees no conflict in case and spaces', () => {
    expect(
      joinExtractPages([page(1, { name: 'Harbour  Works' }), page(2, { name: 'HARBOUR WORKS' })]).conflicts,
    ).toEqual([]);
  });

  it('puts the rows of all pages one behind the other, equal ones too', () => {
    const joined = joinExtractPages([
      page(1, { lines: [{ item: 'Rope', usd: 5 }] }, { printed: { 'lines[0].usd': '5.00' } }),
      page(2, { lines: [] }),
      page(
        3,
        {
          lines: [
            { item: 'Rope', usd: 5 },
            { item: 'Sail', usd: null },
          ],
        },
        { printed: { 'lines[0].usd': '5,00' } },
      ),
    ]);
    expect(joined.fields).toEqual({
      lines: [
        { item: 'Rope', usd: 5 },
        { item: 'Rope', usd: 5 },
        { item: 'Sail', usd: null },
      ],
    });
    expect(joined.printed).toEqual({ 'lines[0].usd': '5.00', 'lines[1].usd': '5,00' });
    expect(joined.foundOn).toMatchObject({ 'lines[1].item': 3, 'lines[2].item': 3 });
    expect(joined.notFound).toEqual(['lines[2].usd']);
  });

  it('keeps a text of a list once, however many pages show it', () => {
    expect(
      joinExtractPages([page(1, { ports: ['Oslo', 'Riga'] }), page(2, { ports: ['Riga', 'Kiel'] })]).fields,
    ).toEqual({
      ports: ['Oslo', 'Riga', 'Kiel'],
    });
  });

  it('names what no page shows', () => {
    const joined = joinExtractPages([
      page(1, { total: 0, kind: 'other', lines: [] }, { notFound: ['kind', 'lines'] }),
      page(2, { total: 0, kind: 'other', lines: [] }, { notFound: ['kind', 'total', 'lines'] }),
    ]);
    expect(joined.fields).toEqual({ total: 0, kind: 'other', lines: [] });
    expect(joined.notFound).toEqual(['kind', 'lines']);
  });
});
