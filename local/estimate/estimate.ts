import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { collectProblems, InvalidRequest, type Problem } from '../../shared/errors.ts';
import type { FolderAnswer } from '../../shared/estimates/estimateFolder.ts';
import { estimateLocalFolder } from './estimateLocalFolder.ts';
import { estimateTable } from './estimateTable.ts';

/**
 * `npm run estimate -- FOLDER [--models A,B] [--task T] [--detail D] [--quality Q] [--parts auto] [--max-output-tokens N]
 * [--tokens-per-minute N] [--json]`
 *
 * What a folder's images would cost on each model, from their headers alone: no network, no account, no model call.
 */
async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      models: { type: 'string' },
      task: { type: 'string' },
      detail: { type: 'string' },
      quality: { type: 'string' },
      parts: { type: 'string' },
      'max-output-tokens': { type: 'string' },
      'tokens-per-minute': { type: 'string' },
      json: { type: 'boolean', default: false },
    },
  });
  const [folder, ...others] = positionals;
  if (folder === undefined || others.length > 0) throw new Error('Name one folder: npm run estimate -- FOLDER');
  const { models, task, detail, quality, parts } = values;
  const problems: Problem[] = [];
  const numberOf = (name: 'max-output-tokens' | 'tokens-per-minute'): number | undefined =>
    collectProblems(problems, () => wholeNumber(`--${name}`, values[name]));
  const [maxOutputTokens, tokensPerMinute] = [numberOf('max-output-tokens'), numberOf('tokens-per-minute')];
  const given = { task, detail, quality, parts, maxOutputTokens };
  const answer: FolderAnswer = await estimateLocalFolder({
    folder: resolve(folder),
    options: Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)),
    ...(models === undefined ? {} : { models: models.split(',') }),
    ...(tokensPerMinute === undefined ? {} : { tokensPerMinute }),
    problems,
    nowMs: Date.now(),
    ...(process.stderr.isTTY ? { onProgress: drawProgress } : {}),
  });
  console.log(values.json ? JSON.stringify(answer, null, 2) : estimateTable(answer));
}

function wholeNumber(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (Number.isSafeInteger(value) && value > 0) return value;
  const message = `${name} ${text} is no number of tokens: a whole number above 0.`;
  throw new InvalidRequest([{ path: name, message }]);
}

const BAR_WIDTH = 30;

function drawProgress(done: number, of: number): void {
  if (done !== of && done % 25 !== 0) return;
  const filled = Math.round((BAR_WIDTH * done) / of);
  const bar = '█'.repeat(filled) + '░'.repeat(BAR_WIDTH - filled);
  process.stderr.write(`\r${bar} ${done.toLocaleString('en-US')} of ${of.toLocaleString('en-US')} headers read`);
  if (done === of) process.stderr.write('\r\u001b[K');
}

main().catch((error: unknown) => {
  console.error((error as Error).message);
  process.exit(1);
});
