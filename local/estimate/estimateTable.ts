import { formatCount } from '../../shared/errors.ts';
import type { FolderAnswer } from '../../shared/estimates/estimateFolder.ts';

type Row = FolderAnswer['estimates'][number];

const COLUMNS: readonly { readonly heading: string; readonly of: (row: Row) => string; readonly isText?: true }[] = [
  { heading: 'model', of: ({ model, version }) => `${model}@${version}`, isText: true },
  { heading: 'stage', of: ({ stage }) => stage, isText: true },
  { heading: 'image tokens', of: ({ imageTokens }) => whole(imageTokens) },
  { heading: 'range', of: ({ imageTokensRange: [low, high] }) => (low === high ? '' : `${whole(low)}–${whole(high)}`) },
  { heading: 'text', of: ({ textTokens }) => whole(textTokens) },
  { heading: 'output', of: ({ outputTokens }) => whole(outputTokens.expected) },
  { heading: 'at most', of: ({ outputTokens }) => whole(outputTokens.max) },
  { heading: 'cost', of: ({ cost }) => dollars(cost.totalUsd.expected) },
  { heading: 'at most', of: ({ cost }) => dollars(cost.totalUsd.max) },
  { heading: 'minutes', of: ({ minutesAtQuota }) => minutesAtQuota?.toLocaleString('en-US') ?? '–' },
];

/** What a person sees: a row a model, cheapest first, then what would be rejected, and what to know of the models. */
export function estimateTable({ images, documents, rejected, estimates }: FolderAnswer): string {
  const rows = estimates.map((row) => COLUMNS.map(({ of }) => of(row)));
  const widths = COLUMNS.map(({ heading }, column) =>
    Math.max(heading.length, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  const lineOf = (cells: readonly string[]): string =>
    cells
      .map((cell, column) =>
        COLUMNS[column]?.isText ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0),
      )
      .join('  ')
      .trimEnd();
  const warnings = notesOf(estimates);
  return [
    `${countOf(images, documents)}, cheapest model first; cost is in USD, for the images as they are.`,
    '',
    lineOf(COLUMNS.map(({ heading }) => heading)),
    lineOf(widths.map((width) => '-'.repeat(width))),
    ...rows.map(lineOf),
    ...(rejected.length === 0 ? [] : ['', `${whole(rejected.length)} would be rejected:`]),
    ...rejected.map(({ name, code, detail }) => `  ${name}: ${code}. ${detail}`),
    ...(warnings.length === 0 ? [] : ['', 'Of the models:']),
    ...warnings.map((warning) => `  ${warning}`),
  ].join('\n');
}

/** `11 images (5 of them pages of 2 documents)` */
function countOf(images: number, documents: FolderAnswer['documents']): string {
  const counted = `${whole(images)} ${images === 1 ? 'image' : 'images'}`;
  if (!documents) return counted;
  const { files, pages } = documents;
  return `${counted} (${whole(pages)} of them pages of ${whole(files)} ${files === 1 ? 'document' : 'documents'})`;
}

const STALE_PRICES = /^The prices of (.+) (were last checked .+)$/;

/** A line for each warning; prices of the same age, which most have in common, in one. */
function notesOf(estimates: FolderAnswer['estimates']): readonly string[] {
  const lines: string[] = [];
  const modelsByAge = new Map<string, string[]>();
  for (const warning of estimates.flatMap((estimate) => estimate.warnings)) {
    const [, model, age] = STALE_PRICES.exec(warning) ?? [];
    if (model === undefined || age === undefined) lines.push(warning);
    else modelsByAge.set(age, [...(modelsByAge.get(age) ?? []), model]);
  }
  for (const [age, models] of modelsByAge) lines.push(`The prices of ${models.join(', ')} ${age}`);
  return lines;
}

function whole(value: number): string {
  return formatCount(value);
}

function dollars(usd: number | null): string {
  return usd === null ? 'unknown' : usd.toFixed(4);
}
