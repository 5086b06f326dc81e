import { z } from 'zod';
import { checkTable } from './checkTable.ts';
import { escapeList } from './escapeMarkdown.ts';
import { joinTables } from './joinTables.ts';
import { once } from './once.ts';
import { sections } from './sections.ts';
import { tableMarkdown, withUnit } from './tableMarkdown.ts';
import { defineTask } from './task.ts';
import { toCsv } from './toCsv.ts';

export const tableReply = once(() =>
  z.object({
    title: z.string().nullable().describe('The title or caption that the image gives it.'),
    columns: z.array(
      z.object({
        name: z.string().describe('Of headers in several rows, all joined by " / ".'),
        type: z.enum(['number', 'date', 'text']),
        unit: z.string().nullable().describe('Unit or currency of the whole column, where it is given.'),
      }),
    ),
    rows: z.array(z.array(z.string())).describe('Without the header; each cell as printed, empty cells as "".'),
    merged: z
      .array(z.object({ row: z.int(), column: z.int(), rows: z.int(), columns: z.int() }))
      .describe('Cells that span several: the first cell (row 0 is the first below the header) and how many it spans.'),
    notes: z.array(z.string()).describe('Footnotes, sources, and what could not be read.'),
  }),
);

export const tableAnswer = once(() =>
  tableReply().extend({
    markdown: z.string().describe('The table in GitHub Flavored Markdown.'),
    csv: z.string().describe('The table as RFC 4180 CSV, with its header.'),
  }),
);

const tablesReply = once(() => z.object({ tables: z.array(tableReply()) }));
const tablesAnswer = once(() => z.object({ tables: z.array(tableAnswer()) }));

export type TableReply = z.infer<ReturnType<typeof tableReply>>;
export type TableAnswer = z.infer<ReturnType<typeof tableAnswer>>;

/** Every table of the image: columns with type and unit, rows, merged cells; as data, Markdown and CSV. */
export const tables = defineTask<{ tables: TableReply[] }, { tables: TableAnswer[] }>({
  name: 'tables',
  heading: 'Tables',
  version: 2,
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
    'others. notes: footnotes, sources, what you could not read. Never compute or correct a number. No table: [].',
  reply: tablesReply,
  answer: tablesAnswer,
  content: 'tables',
  joinParts: joinTables,
  complete: (reply) => ({ tables: reply.tables.map(completeTable) }),
  check: (answer) => answer.tables.flatMap((table, place) => checkTable(table, `tables[${place}]`)),
  prose: () => [],
  title: ({ tables: [first, ...others] }) => (others.length === 0 ? (first?.title ?? null) : null),
  firstLine: ({ tables }) => (tables.length === 0 ? 'No table.' : tables.map(tableLine).join('; ')),
  markdown: ({ tables }) => (tables.length === 0 ? 'No table.' : sections(tables, { noun: 'Table', body: tableBody })),
  csv: (answer) => answer.tables.map(({ csv }, place) => ({ name: `table-${place + 1}`, csv })),
});

/** The table with its Markdown and CSV. */
export function completeTable(table: TableReply): TableAnswer {
  const header = table.columns.map(({ name, unit }) => withUnit(name, unit));
  const numeric = table.columns.flatMap(({ type }, place) => (type === 'number' ? [place] : []));
  return {
    ...table,
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
