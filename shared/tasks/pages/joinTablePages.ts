import { numberContext } from '../numbers/numberContext.ts';
import { takeApart } from '../numbers/printedNumber.ts';
import { tableTexts } from '../tables/readTable.ts';
import { comparableRow, stackTables } from '../tables/stackTables.ts';
import type { TableAnswer, TableReply, TablesAnswer } from '../tables/tableShape.ts';
import { completeTable } from '../tables.ts';
import type { TaskRequest } from '../taskRequest.ts';
import type { PageAnswer } from './pageAnswer.ts';

/** A table with the pages that it stands on. */
type DocumentTable = TableAnswer & { readonly pages: readonly number[] };

interface DocumentTables {
  readonly tables: readonly DocumentTable[];
  readonly language: string | null;
}

interface OpenTable {
  readonly table: TableReply;
  readonly pages: readonly number[];
}

/**
 * The tables of a document from those of its pages: one that goes on over a page break is one again, its head once. Numbers
 * are read anew, for the rows of all pages show how the document prints them.
 */
export function joinTablePages(pages: readonly PageAnswer<TablesAnswer>[], request: TaskRequest): DocumentTables {
  const joined: OpenTable[] = [];
  for (const { page, answer } of pages) {
    const [first, ...others] = answer.tables;
    const last = joined.at(-1);
    const whole = first && last?.pages.at(-1) === page - 1 ? joinOver(last.table, first) : undefined;
    if (whole && last) joined.splice(-1, 1, { table: whole, pages: [...last.pages, page] });
    else if (first) joined.push({ table: first, pages: [page] });
    joined.push(...others.map((table) => ({ table, pages: [page] })));
  }
  const language = pages.map(({ answer }) => answer.language).find((each) => typeof each === 'string') ?? null;
  const context = numberContext(
    joined.flatMap(({ table }) => tableTexts(table)),
    language,
    request.language,
  );
  return { tables: joined.map((each) => ({ ...completeTable(each.table, context), pages: each.pages })), language };
}

/** Both as one table; undefined where they are two. */
function joinOver(above: TableReply, below: TableReply): TableReply | undefined {
  if (above.columns.length !== below.columns.length || above.columns.length === 0) return undefined;
  if (!isSameTitle(above.title, below.title)) return undefined;
  const header = below.columns.map(({ name }) => name);
  const isRepeated = comparableRow(header) === comparableRow(above.columns.map(({ name }) => name));
  if (isRepeated || header.every((name) => name.trim() === '')) {
    return stackTables(above, below, { moved: above.rows.length });
  }
  // Where the page begins in the middle of a table, a model may take the first row for its head.
  if (!isRowOf(above, header)) return undefined;
  return stackTables(above, { ...below, rows: [header, ...below.rows] }, { moved: above.rows.length + 1 });
}

/** What a table says when it goes on. */
const CONTINUED =
  /\(?(?:cont(?:inue[ds]|inuation|['’]?d|\.)|forts(?:etzung|\.)|suite|continuaci[oó]n|segue|续表?|續表?|続き)\)?/giu;

function isSameTitle(above: string | null, below: string | null): boolean {
  if (below === null) return true;
  const told = comparableRow([below.replaceAll(CONTINUED, '')]);
  return told === '' || (above !== null && told === comparableRow([above.replaceAll(CONTINUED, '')]));
}

/** Whether the cells are such as stand below these columns: numbers where there are numbers, and at least one. */
function isRowOf({ columns }: TableReply, cells: readonly string[]): boolean {
  const numbers = cells.filter((_, place) => columns[place]?.type === 'number').filter((cell) => cell.trim() !== '');
  return numbers.length > 0 && numbers.every((cell) => takeApart(cell).kind !== 'none');
}
