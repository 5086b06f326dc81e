import { type NumberContext, numberContext } from './numbers/numberContext.ts';
import { numberOf } from './numbers/readNumbers.ts';
import { joinTables } from './parts/joinTables.ts';
import { escapeList } from './rendering/escapeMarkdown.ts';
import { sections } from './rendering/sections.ts';
import { tableMarkdown, withUnit } from './rendering/tableMarkdown.ts';
import { toCsv } from './rendering/toCsv.ts';
import { checkTables } from './tables/checkTable.ts';
import { readTable, tableTexts } from './tables/readTable.ts';
import {
  type TableAnswer,
  type TableReply,
  type TablesAnswer,
  type TablesReply,
  tablesAnswer,
  tablesReply,
} from './tables/tableShape.ts';
import { defineTask } from './task.ts';
import type { TaskRequest } from './taskRequest.ts';

/** Every table of the image: columns with type and unit, rows, merged cells; as data, Markdown and CSV. */
export const tables = defineTask<TablesReply, TablesAnswer>({
  name: 'tables',
  heading: 'Tables',
  version: 4,
  defaultQuality: 'full',
  sight: 'print',
  economyFloorPx: 1280,
  sampling: { temperature: 0, topP: 1 },
  expectedOutputTokens: 500,
  maxOutputTokens: 800,
  fullOutputTokens: 4096,
  instructions:
    'Read every table in the image, also those without rules. columns: name (headers in several rows joined by " / "), type ' +
    '(number if most cells are one number each, date if dates, else text), unit or currency if given. rows: without the ' +
    'header, every cell a string as printed, "" if empty, as many as there are columns. merged: cells that span several, ' +
    'by their first cell counted from 0; the value stands there, "" in the others. notes: footnotes, sources, what you ' +
    'could not read. Never compute or correct a number. language: BCP 47. No table: [].',
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
function tableLine({ title, columns, rows }: TableReply): string {
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
