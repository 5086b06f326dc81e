import { z } from 'zod';
import { once } from '../concurrency/once.ts';
import { checkTables } from './checkTable.ts';
import { escapeList } from './escapeMarkdown.ts';
import { joinTables } from './joinTables.ts';
import { type NumberContext, numberContext } from './numberContext.ts';
import { imageLanguage } from './printedShape.ts';
import { numberOf } from './readNumbers.ts';
import { readTable, tableTexts } from './readTable.ts';
import { sections } from './sections.ts';
import { tableMarkdown, withUnit } from './tableMarkdown.ts';
import { defineTask } from './task.ts';
import type { TaskRequest } from './taskRequest.ts';
import { toCsv } from './toCsv.ts';

const column = once(() =>
  z.object({
    name: z.string().describe('Of headers in several rows, all joined by " / ".'),
    type: z.enum(['number', 'date', 'text']),
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

const tablesReply = once(() => z.object({ tables: z.array(tableReply()), language: imageLanguage() }));
const tablesAnswer = once(() => z.object({ tables: z.array(tableAnswer()), language: imageLanguage() }));

export type TableReply = z.infer<ReturnType<typeof tableReply>>;
export type TableAnswer = z.infer<ReturnType<typeof tableAnswer>>;
export type TablesReply = z.infer<ReturnType<typeof tablesReply>>;
type TablesAnswer = z.infer<ReturnType<typeof tablesAnswer>>;

/** Every table of the image: columns with type and unit, rows, merged cells; as data, Markdown and CSV. */
export const tables = defineTask<TablesReply, TablesAnswer>({
  name: 'tables',
  heading: 'Tables',
  version: 3,
  defaultQuality: 'full',
  sight: 'print',
  economyFloorPx: 1280,
  sampling: { temperature: 0, topP: 1 },
  expectedOutputTokens: 500,
  maxOutputTokens: 800,
  fullOutputTokens: 4096,
  instructions:
    'Read every table in the image, also those without rules. columns: name (headers in several rows joined by " / "), unit ' +
    'or currency if given. rows: without the header, every cell a string as printed, "" if empty, as many as there are ' +
    'columns. merged: cells that span several, by their first cell counted from 0; the value stands there, "" in the ' +
    'others. notes: footnotes, sources, what you could not read. Never compute or correct a number. language: ' +
    'BCP 47. No table: [].',
  reply: tablesReply,
  answer: tablesAnswer,
  content: 'tables',
  joinParts: joinTables,
  complete: (reply, _, request) => {
    const context = contextOf(reply, request);
    return { tables: reply.tables.map((table) => completeTable(table, context)), language: reply.language };
  },
  check: (_, request, reply) => checkTables(reply.tables, contextOf(reply, request)),
  prose: () => [],
  title: ({ tables: [first, ...others] }) => (others.length === 0 ? (first?.title ?? null) : null),
  firstLine: ({ tables }) => (tables.length === 0 ? 'No table.' : tables.map(tableLine).join('; ')),
  markdown: ({ tables }) => (tables.length === 0 ? 'No table.' : sections(tables, { noun: 'Table', body: tableBody })),
  csv: (answer) => answer.tables.map(({ csv }, place) => ({ name: `table-${place + 1}`, csv })),
});

function contextOf({ tables, language }: TablesReply, request: TaskRequest): NumberContext {
  return numberContext(tables.flatMap(tableTexts), language, request.language);
}

/** The table with its numbers, its Markdown and its CSV. */
export function completeTable(table: TableReply, context: NumberContext): TableAnswer {
  const columns = readTable(table, context);
  const header = table.columns.map(({ name, unit }) => withUnit(name, unit));
  const numeric = table.columns.flatMap(({ type }, place) => (type === 'number' ? [place] : []));
  return {
    ...table,
    columns: table.columns.map((one, place) => ({ ...one, values: columns[place]?.map(numberOf) ?? null })),
    markdown: tableMarkdown({ header, rows: table.rows, numeric }),
    csv: toCsv([header, ...table.rows]),
  };
}

/** `'Sales (3 columns, 12 rows)'`. */
export function tableLine({ title, columns, rows }: TableReply): string {
  const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;
  return `${title ?? 'Table'} (${counted(columns.length, 'column')}, ${counted(rows.length, 'row')})`;
}

/** The grid and what is to be said of it, without a heading. */
export function tableBody({ markdown, merged, notes }: TableAnswer): string {
  const spans = merged
    .filter(({ rows, columns }) => rows > 1 || columns > 1)
    .map(({ row, column, rows, columns }) => {
      const cells = [rows > 1 ? `${rows} rows` : '', columns > 1 ? `${columns} columns` : ''];
      return `The cell in row ${row + 1}, column ${column + 1} spans ${cells.filter((part) => part !== '').join(' and ')}.`;
    });
  return [markdown, escapeList([...notes, ...spans])].filter((part) => part !== '').join('\n\n');
}
