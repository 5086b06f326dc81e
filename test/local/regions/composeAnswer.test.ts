import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { shapeOfPrompt, shapeOfSchema } from '../../../local/regions/answerShape.ts';
import { composeAnswer } from '../../../local/regions/composeAnswer.ts';
import type { Seen, SeenWord } from '../../../local/regions/seen.ts';

/** Words in a grid of 20 px rows and 100 px columns; letters are 8 px wide and 12 px high. */
function seenOf(rows: readonly (readonly string[])[]): Seen {
  const lines = rows.map((cells, row) => {
    const words = cells.map((text, column) => wordAt(text, { left: column * 100, top: row * 20 }));
    return { words, text: cells.join(' '), paragraph: row };
  });
  return { width: 400, height: 300, lines, colours: ['white', 'blue'], marker: null };
}

function wordAt(text: string, at: { readonly left: number; readonly top: number }): SeenWord {
  return { text, confidence: 90, ...at, right: at.left + text.length * 8, bottom: at.top + 12 };
}

function fromSkeleton(skeleton: object, seen: Seen): unknown {
  const shape = shapeOfPrompt(`Task: any.\nDo this {not json}.\nShape: ${JSON.stringify(skeleton)}`);
  return shape && composeAnswer(shape, seen);
}

const table = seenOf([
  ['City', 'Sold'],
  ['Oslo', '1,200'],
  ['Bern', '85'],
]);

describe('composeAnswer', () => {
  it('gives valid answers to a JSON Schema with references, choices, nulls and nested lists', () => {
    const part = z.object({ name: z.string(), amount: z.number().nullable(), tags: z.array(z.enum(['x', 'y'])) });
    const asked = z.object({
      title: z.string(),
      kind: z.enum(['photo', 'document']).nullable(),
      exact: z.literal('yes'),
      isLegible: z.boolean(),
      pages: z.int(),
      lines: z.array(z.string()),
      parts: z.array(part),
      main: part.nullable(),
      either: z.union([z.string(), z.number()]),
    });
    for (const seen of [table, seenOf([])]) {
      const schema = z.toJSONSchema(asked, { reused: 'ref' }) as Record<string, unknown>;
      expect(asked.safeParse(composeAnswer(shapeOfSchema(schema), seen)).error).toBeUndefined();
    }
  });

  it('says in a list of objects, where nothing else was asked for, that it recognises none', () => {
    const objects = [{ name: 'string', counted: 'each|estimated', count: 0, where: 'string', instances: ['string'] }];
    expect(fromSkeleton({ objects }, table)).toEqual({
      objects: [
        {
          name: 'not recognised',
          counted: 'each',
          count: 0,
          where: expect.stringContaining('does not recognise objects'),
          instances: [],
        },
      ],
    });
    expect(fromSkeleton({ summary: 'string', objects }, table)).toMatchObject({ objects: [] });
  });

  it('reads the same shape from a skeleton in words', () => {
    const skeleton = {
      text: 'string',
      language: 'string|null: BCP 47 tag',
      tables: [{ columns: [{ name: 'string', type: 'number|date|text', unit: 'string|null' }], rows: [['string']] }],
      count: 'integer',
    };
    expect(fromSkeleton(skeleton, table)).toEqual({
      text: '',
      language: 'en',
      tables: [
        {
          columns: [
            { name: 'City', type: 'text', unit: null },
            { name: 'Sold', type: 'number', unit: null },
          ],
          rows: [
            ['Oslo', '1,200'],
            ['Bern', '85'],
          ],
        },
      ],
      count: 0,
    });
  });

  it('finds no table in running text', () => {
    const words = ['These', 'are', 'some', 'words'].map((text, index) =>
      wordAt(text, { left: [0, 46, 76, 114][index] ?? 0, top: 0 }),
    );
    const line = { words, text: 'These are some words', paragraph: 0 };
    const seen = {
      ...seenOf([]),
      lines: [line, { ...line, words: words.map((one) => ({ ...one, top: 20, bottom: 32 })) }],
    };
    expect(fromSkeleton({ tables: [{ rows: [['string']] }] }, seen)).toEqual({ tables: [] });
  });

  it('reads the printed values of a chart, and says that nothing was measured', () => {
    const words = [
      wordAt('Sales', { left: 100, top: 0 }),
      wordAt('310', { left: 105, top: 40 }),
      wordAt('205', { left: 205, top: 90 }),
      wordAt('80', { left: 305, top: 130 }),
      ...['North', 'South', 'West'].map((text, index) => wordAt(text, { left: 100 * (index + 1), top: 200 })),
    ];
    const seen = {
      ...seenOf([]),
      lines: words.map((word, index) => ({ words: [word], text: word.text, paragraph: index })),
    };
    const point = { x: 'string', y: 'number', from: 'read|estimated' };
    const skeleton = { charts: [{ kind: 'bar|other', series: [{ points: [point] }], notes: ['string'] }] };
    expect(fromSkeleton(skeleton, seen)).toMatchObject({
      charts: [
        {
          kind: 'other',
          series: [
            {
              points: [
                { x: 'North', y: 310, from: 'read' },
                { x: 'South', y: 205, from: 'read' },
                { x: 'West', y: 80, from: 'read' },
              ],
            },
          ],
          notes: [expect.stringContaining('it measures no bar heights')],
        },
      ],
    });
    expect(fromSkeleton(skeleton, table)).toEqual({ charts: [] });
  });

  it('takes a table with an empty cell for no chart', () => {
    const seen = seenOf([
      ['Year', 'a', 'b', 'c', 'd'],
      ['2024', '1', '2', '3', '4'],
      ['2025', '5', '6', '7'],
      ['2026', '8', '9', '10', '11'],
    ]);
    const skeleton = { charts: [{ kind: 'bar|other' }], tables: [{ rows: [['string']] }] };
    expect(fromSkeleton(skeleton, seen)).toEqual({
      charts: [],
      tables: [
        {
          rows: [
            ['2024', '1', '2', '3', '4'],
            ['2025', '5', '6', '7', ''],
            ['2026', '8', '9', '10', '11'],
          ],
        },
      ],
    });
  });

  it('finds named fields at the beginning of lines, and names those that it does not find', () => {
    const seen = seenOf([
      ['Invoice', 'number:', '4711'],
      ['Total', '38.50', 'EUR'],
    ]);
    const fields = { invoiceNumber: 'string', total: 'number', due: 'string|null', buyer: { name: 'string' } };
    expect(fromSkeleton({ fields, notFound: ['string'] }, seen)).toEqual({
      fields: { invoiceNumber: '4711', total: 38.5, due: null, buyer: { name: '' } },
      notFound: ['due', 'buyer.name'],
    });
  });
});
