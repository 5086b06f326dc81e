import { z } from 'zod';
import type { Capabilities } from '../../capabilities.ts';
import { inParallel } from '../../concurrency/inParallel.ts';
import { InvalidRequest } from '../../errors.ts';
import type { AnalysisRecord } from '../../records/analysisRecord.ts';
import { type AnalysisView, analysisView } from '../../records/analysisView.ts';
import { readResult } from '../../results/readResult.ts';
import { CSV_BOM, toCsv } from '../../tasks/rendering/toCsv.ts';

/** The query of GET /results. */
export const resultsQuerySchema = z.strictObject({
  prefix: z
    .string()
    .max(1024, 'must be at most 1,024 characters')
    .optional()
    .describe('Only images whose names begin with this.'),
  format: z
    .enum(['jsonl', 'csv'], { error: 'must be jsonl or csv' })
    .default('jsonl')
    .describe('jsonl: each line an analysis with its answer. csv: a row each.'),
  bom: z
    .enum(['true', 'false'], { error: 'must be true or false' })
    .optional()
    .describe('true: the CSV begins with a byte order mark, so that Excel reads it as UTF-8.'),
});

type ResultsCall = z.output<typeof resultsQuerySchema>;

/** Checks that the parts of the call fit together. @throws {InvalidRequest} */
export function readResultsCall(call: ResultsCall): ResultsCall {
  if (call.bom === 'true' && call.format !== 'csv') {
    // RFC 8259, section 8.1: no text of JSON begins with one.
    const message = 'bom=true is for format=csv; JSON lines have no byte order mark.';
    throw new InvalidRequest([{ path: 'bom', message }]);
  }
  return call;
}

export const RESULT_MEDIA_TYPES = { jsonl: 'application/jsonl', csv: 'text/csv; charset=utf-8' } as const;

/** Analyses of a page: few enough that their answers fit in memory together. */
const PAGE = 50;

const COLUMNS: readonly (readonly [name: string, of: (analysis: AnalysisView) => unknown])[] = [
  ['id', ({ id }) => id],
  ['source', ({ image }) => image.source],
  ['task', ({ task }) => task],
  ['model', ({ deployment }) => deployment && `${deployment.model}@${deployment.version}`],
  ['region', ({ deployment }) => deployment?.region],
  ['width', ({ image }) => image.width],
  ['height', ({ image }) => image.height],
  ['promptTokens', ({ usage }) => usage?.promptTokens],
  ['completionTokens', ({ usage }) => usage?.completionTokens],
  ['costUsd', ({ cost }) => cost.usd],
  ['createdAt', ({ createdAt }) => createdAt],
  ['completedAt', ({ completedAt }) => completedAt],
  ['warnings', ({ warnings }) => warnings.map(({ code }) => code).join(' ')],
  ['answer', ({ answer }) => JSON.stringify(answer)],
  ['markdown', ({ markdown }) => markdown],
];

/**
 * All results, newest first, read in pages as the caller consumes them. A result that a newer version of its image has
 * replaced is left out. One that cannot be read (archive tier) has a line with a warning and no answer.
 */
export async function* resultLines(
  call: ResultsCall,
  parts: Pick<Capabilities, 'analyses' | 'results'>,
): AsyncGenerator<Uint8Array, void> {
  if (call.format === 'csv') {
    const header = toCsv([COLUMNS.map(([name]) => name)]);
    yield Buffer.from(call.bom === 'true' ? `${CSV_BOM}${header}` : header);
  }
  let continuation: string | undefined;
  do {
    const page = await parts.analyses.list({
      status: 'succeeded',
      limit: PAGE,
      ...(call.prefix === undefined ? {} : { prefix: call.prefix }),
      ...(continuation === undefined ? {} : { continuation }),
    });
    const lines = (await inParallel(page.records, (record) => lineOf(record, call, parts))).join('');
    if (lines !== '') yield Buffer.from(lines);
    continuation = page.continuation;
  } while (continuation !== undefined);
}

async function lineOf(found: AnalysisRecord, call: ResultsCall, parts: Pick<Capabilities, 'results'>): Promise<string> {
  const { record, result } = await readResult(found, parts.results);
  if (!result && record === found) return '';
  const analysis = analysisView(record, result);
  return call.format === 'jsonl'
    ? `${JSON.stringify(analysis)}\n`
    : toCsv([COLUMNS.map(([, of]) => String(of(analysis) ?? ''))]);
}

/**
 * The same parts, after the first one has arrived: a failure before it ends the call with an error, not in the middle
 * of a response that began with 200.
 */
export async function startedStream(parts: AsyncGenerator<Uint8Array, void>): Promise<AsyncIterable<Uint8Array>> {
  const first = await parts.next();
  return {
    [Symbol.asyncIterator]: async function* () {
      if (first.done) return;
      yield first.value;
      yield* parts;
    },
  };
}
