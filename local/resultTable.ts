import type { FollowedAnalysis } from './followAnalyses.ts';

const HEADINGS = ['file', 'task', 'region', 'estimated', 'billed', 'cost', 'time', 'first line'];
const RIGHT_ALIGNED = new Set([3, 4, 5, 6]);
const LONGEST_NAME = 32;
const LONGEST_LINE = 70;

/** The table that a person sees at the end: a row a file, tokens of the prompt as estimated and as billed. */
export function resultTable(analyses: readonly FollowedAnalysis[]): string {
  const rows = analyses.map((analysis) => [
    shorten(analysis.name, LONGEST_NAME),
    analysis.status === 'succeeded' ? analysis.task : analysis.status,
    analysis.region,
    analysis.estimatedTokens?.toLocaleString('en-US') ?? '–',
    analysis.billedTokens?.toLocaleString('en-US') ?? '–',
    analysis.usd === null ? '–' : `$${analysis.usd.toFixed(5)}`,
    `${(analysis.ms / 1000).toFixed(1)} s`,
    shorten(analysis.firstLine, LONGEST_LINE),
  ]);
  const widths = HEADINGS.map((heading, column) =>
    Math.max(heading.length, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  const lineOf = (cells: readonly string[]): string =>
    cells
      .map((cell, column) =>
        RIGHT_ALIGNED.has(column) ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0),
      )
      .join('  ')
      .trimEnd();
  return [lineOf(HEADINGS), lineOf(widths.map((width) => '-'.repeat(width))), ...rows.map(lineOf)].join('\n');
}

function shorten(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most - 1)}…`;
}
