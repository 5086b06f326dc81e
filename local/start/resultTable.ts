import { formatCount } from '../../shared/errors.ts';
import type { FollowedAnalysis } from './followAnalyses.ts';

const HEADINGS = ['file', 'task', 'region', 'estimated', 'billed', 'cost', 'time', 'first line'];
const RIGHT_ALIGNED = new Set([3, 4, 5, 6]);
const GAP = '  ';
const INDENT = '    ';
const LONGEST_NAME = 32;
const LONGEST_LINE = 70;
/** With less room than this beside the figures, names and first lines have lines of their own. */
const SHORTEST_LINE = 24;

/**
 * The table that a person sees at the end: tokens of the prompt as estimated and as billed. A row a file where that fits
 * into the columns of the screen, else three lines: its name, the figures, and the first line of the answer.
 */
export function resultTable(analyses: readonly FollowedAnalysis[], screenColumns: number): string {
  const rows = [HEADINGS, ...analyses.map(cellsOf)];
  const names = rows.map(([name = '']) => shorten(name, LONGEST_NAME));
  const figures = aligned(rows.map((row) => row.slice(1, -1)));
  const lines = rows.map((row) => row.at(-1) ?? '');
  const nameColumns = Math.max(...names.map(columnsOf));
  const lineColumns = Math.min(
    LONGEST_LINE,
    screenColumns - nameColumns - columnsOf(figures[0] ?? '') - 2 * GAP.length,
  );
  if (lineColumns >= SHORTEST_LINE) {
    const table = names.map((name, row) =>
      [pad(name, nameColumns), figures[row], shorten(lines[row] ?? '', lineColumns)].join(GAP).trimEnd(),
    );
    const [heading = '', ...body] = table;
    return [heading, '-'.repeat(Math.max(...table.map(columnsOf))), ...body].join('\n');
  }
  const roomColumns = screenColumns - INDENT.length;
  return rows
    .map((row, place) =>
      [
        shorten(row[0] ?? '', screenColumns),
        `${INDENT}${figures[place]}`.trimEnd(),
        `${INDENT}${shorten(lines[place] ?? '', roomColumns)}`,
      ].join('\n'),
    )
    .join('\n');
}

function cellsOf(analysis: FollowedAnalysis): readonly string[] {
  return [
    printable(analysis.name),
    analysis.status === 'succeeded' ? analysis.task : analysis.status,
    placeOf(analysis),
    analysis.estimatedTokens?.toLocaleString('en-US') ?? '–',
    analysis.billedTokens?.toLocaleString('en-US') ?? '–',
    (analysis.usd === null ? '–' : `$${analysis.usd.toFixed(5)}`) + (isCut(analysis) ? '*' : ''),
    `${(analysis.ms / 1000).toFixed(1)} s`,
    printable(analysis.firstLine),
  ];
}

/** Where it was answered; a document in as many places as its pages. */
function placeOf({ region, pages }: FollowedAnalysis): string {
  if (!pages) return region || '–';
  const { pages: all, failed } = pages;
  if (failed > 0) return `${formatCount(all - failed)} of ${formatCount(all)} pages`;
  return all === 1 ? '1 page' : `${formatCount(all)} pages`;
}

const CUT = 'first-answer-cut';

function isCut({ warnings }: FollowedAnalysis): boolean {
  return warnings.some(({ code }) => code === CUT);
}

/**
 * A line for each kind of warning, with the first file that has it, how many others have it, and the sentence of the first. The
 * kind that costs have a mark for has the same mark.
 */
export function warningLines(analyses: readonly FollowedAnalysis[]): readonly string[] {
  const kinds = new Map<string, { readonly name: string; readonly detail: string; others: number }>();
  for (const { name, warnings } of analyses) {
    for (const { code, detail } of new Map(warnings.map((warning) => [warning.code, warning])).values()) {
      const kind = kinds.get(code);
      if (kind) kind.others += 1;
      else kinds.set(code, { name, detail, others: 0 });
    }
  }
  return [...kinds].map(([code, { name, detail, others }]) => {
    const files = others === 0 ? name : `${name} and ${others.toLocaleString('en-US')} more`;
    return printable(`${code === CUT ? '* ' : ''}${code}: ${files}: ${detail}`);
  });
}

/** Each row's cells in one text, below each other. */
function aligned(rows: readonly (readonly string[])[]): readonly string[] {
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => columnsOf(row[column] ?? '')))) ?? [];
  return rows.map((row) =>
    row.map((cell, column) => pad(cell, widths[column] ?? 0, RIGHT_ALIGNED.has(column + 1))).join(GAP),
  );
}

function pad(text: string, columns: number, isRightAligned = false): string {
  const space = ' '.repeat(Math.max(0, columns - columnsOf(text)));
  return isRightAligned ? space + text : text + space;
}

function shorten(text: string, mostColumns: number): string {
  if (columnsOf(text) <= mostColumns) return text;
  let kept = '';
  for (const letter of text) {
    if (columnsOf(kept + letter) >= mostColumns) break;
    kept += letter;
  }
  return `${kept}…`;
}

/** Marks that stand on the letter before take no column; East Asian letters and pictures take two (Unicode, UAX #11). */
const NO_COLUMN = /[\p{Mn}\p{Me}\p{Cf}]/gu;
const TWO_COLUMNS =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Emoji_Presentation}\u3000-\u303f\uff01-\uff60]/gu;

/** How many columns of a terminal a text takes. */
function columnsOf(text: string): number {
  const letters = text.replace(NO_COLUMN, '');
  return [...letters].length + (letters.match(TWO_COLUMNS)?.length ?? 0);
}

/** A name or an answer as one line that steers no terminal: `printable('a\nb')` is `'a�b'`. */
export function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Zl}\p{Zp}\p{Surrogate}]/gu, '\ufffd');
}
