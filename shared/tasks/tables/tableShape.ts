import { z } from 'zod';
import { once } from '../../concurrency/once.ts';
import { imageLanguage } from '../numbers/printedShape.ts';

const column = once(() =>
  z.object({
    name: z.string().describe('Of headers in several rows, all joined by " / ".'),
    type: z.enum(['number', 'date', 'text']).describe('`number` where most cells are one number each.'),
    unit: z.string().nullable().describe('Unit or currency of the whole column, where it is given.'),
  }),
);

export const tableReply = once(() =>
  z.object({
    title: z.string().nullable().describe('The title or caption that the image gives it.'),
    columns: z.array(column()),
    rows: z.array(z.array(z.string())).describe('Without the header; each cell as printed, empty cells as "".'),
    merged: z
      .array(z.object({ row: z.int(), column: z.int(), rows: z.int(), columns: z.int() }))
      .describe('Cells that span several: the first cell (row 0 is the first below the header) and how many it spans.'),
    notes: z.array(z.string()).describe('Footnotes, sources, and what could not be read.'),
  }),
);

export const tableAnswer = once(() =>
  tableReply().extend({
    columns: z.array(
      column().extend({
        values: z
          .array(z.number().nullable())
          .nullable()
          .default(null)
          .describe('Of a column of numbers: the number of each row; null where its cell is none, or may be two.'),
      }),
    ),
    markdown: z.string().describe('The table in GitHub Flavored Markdown.'),
    csv: z.string().describe('The table as RFC 4180 CSV, with its header.'),
  }),
);

export const tablesReply = once(() => z.object({ tables: z.array(tableReply()), language: imageLanguage() }));
export const tablesAnswer = once(() => z.object({ tables: z.array(tableAnswer()), language: imageLanguage() }));

export type TableReply = z.infer<ReturnType<typeof tableReply>>;
export type TableAnswer = z.infer<ReturnType<typeof tableAnswer>>;
export type TablesReply = z.infer<ReturnType<typeof tablesReply>>;
export type TablesAnswer = z.infer<ReturnType<typeof tablesAnswer>>;
