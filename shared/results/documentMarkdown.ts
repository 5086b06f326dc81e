import type { AnalysisRecord } from '../records/analysisRecord.ts';
import type { PageView } from '../records/pageView.ts';
import type { Answer } from '../tasks/reading.ts';
import { escapeLine } from '../tasks/rendering/escapeMarkdown.ts';
import { renderMarkdown } from '../tasks/rendering/renderMarkdown.ts';

/**
 * The body of a document's Markdown: what its pages have together, then each page under a heading of its own, `## Page 3`,
 * which readers of Markdown can be sent to as `#page-3`.
 */
export function documentMarkdown(record: AnalysisRecord, answer: Answer, pages: readonly PageView[]): string {
  const { request } = record;
  const isWhole = request.per === undefined;
  if (isWhole && request.task === 'tables') return [...tablesOf(record, answer), ...lostPages(pages)].join('\n\n');
  const whole = isWhole && request.task === 'extract' ? [renderMarkdown(request, answer), ...conflictsOf(answer)] : [];
  return [...whole, ...pages.map((page) => pageSection(record, page))].join('\n\n');
}

function pageSection({ request }: AnalysisRecord, page: PageView): string {
  const heading = `## Page ${page.page}`;
  if (page.answer === undefined) return `${heading}\n\n${lostPage(page)}`;
  const body = renderMarkdown(request, page.answer as Answer).trim();
  const notes = page.warnings.map(({ code, detail }) => `> **${code}**: ${escapeLine(detail)}`);
  return [heading, lowered(body), notes.join('\n>\n')].filter((part) => part !== '').join('\n\n');
}

/** Headings of a page stand below that of the page; a `#` of the image is escaped, so that none is meant. */
function lowered(markdown: string): string {
  return markdown.replaceAll(/^(?=#{2,5} )/gm, '#');
}

function lostPages(pages: readonly PageView[]): readonly string[] {
  return pages.filter(({ answer }) => answer === undefined).map((page) => `## Page ${page.page}\n\n${lostPage(page)}`);
}

function lostPage({ status, error }: PageView): string {
  return error ? `> **${error.code}**: ${escapeLine(error.detail)}` : `> **${status}**: The page has no answer.`;
}

/** Each table under the pages that it stands on. */
function tablesOf({ request }: AnalysisRecord, answer: Answer): readonly string[] {
  const tables = answer.tables as readonly (Answer & { readonly pages: readonly number[] })[];
  if (tables.length === 0) return [renderMarkdown(request, answer)];
  return tables.map((table) => {
    const [first, last] = [table.pages[0], table.pages.at(-1)];
    const heading = first === last ? `## Page ${first}` : `## Pages ${first} to ${last}`;
    return `${heading}\n\n${lowered(renderMarkdown(request, { ...answer, tables: [table] }).trim())}`;
  });
}

interface Conflict {
  readonly path: string;
  readonly values: readonly { readonly page: number; readonly value: unknown }[];
}

function conflictsOf(answer: Answer): readonly string[] {
  const conflicts = answer.conflicts as readonly Conflict[];
  if (conflicts.length === 0) return [];
  const lines = conflicts.map(({ path, values }) => {
    const variants = values.map(({ page, value }) => `${escapeLine(String(value))} (page ${page})`).join(', ');
    return `- ${escapeLine(path)}: ${variants}`;
  });
  return [`## Pages that differ\n\n${lines.join('\n')}`];
}
